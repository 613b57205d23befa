import { plain } from "../text/fold.ts";

/** Words of questions and slides as they are compared: folded, without what every sentence has, and by their stems. */

const stopWords = new Set(
  "a about all am an and any are as at be been being but by can could d did do does doing done for from get give had has have he her here his how i if in into is it its just ll many me more most much my no not of on or our out over own please s say says she should show so some such t tell than that the their them then there these they this those to too up us very was we were what when where which while who whom whose why will with would you your deck decks slide slides pitch presentation company startup there's they're der die das ein eine und ist sind wie was wer wo welche welcher welches hat haben le la les des est sont quel quelle qui combien el los las es son cual quien cuanto".split(
    " ",
  ),
);

/** Plural and the commonest endings of English words; both sides lose the same. Others stay as they are. */
function stem(word: string): string {
  if (word.length < 4 || /\d/.test(word)) return word;
  const bare = word
    .replace(/(?:'s|’s)$/u, "")
    .replace(/ies$/u, "y")
    .replace(/(?<=ss|x|ch|sh)es$/u, "")
    .replace(/(?<=[^s])s$/u, "");
  const cut = bare.replace(/(?:ations?|ating|ated?|ition|ings?|ers?|ors?|ed|ly|ment|al|e)$/u, "");
  return cut.length < 3 ? bare.replace(/d$/u, "") : cut;
}

/** In order, repeats and all. */
export const wordsIn = (text: string): string[] =>
  (plain(text).match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);

/** What a question is about: its words without those that every question has. */
export function contentWords(question: string): string[] {
  const words = plain(question).match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.filter((word) => !stopWords.has(word)).map(stem))];
}

/** Words that decks use for one thing. Any of a line may stand for another, and counts a little less. */
const alike = [
  "market tam sam som addressable opportunity size billion",
  "team founder founders cofounder ceo cto cfo management people leadership",
  "competitor competitors competition competitive alternatives landscape rivals",
  "revenue revenues sales arr mrr turnover income",
  "customer customers client clients user users hospitals payers buyer",
  "price pricing cost costs fee subscription",
  "patent patents ip intellectual property",
  "trial trials study studies evidence clinical pilot validation",
  "fda regulatory approval clearance 510k mdr ce certification",
  "traction growth milestones progress pilots",
  "use allocation proceeds spend",
  "model business monetization monetisation revenue",
  "problem pain challenge need",
  "solution product technology platform device",
  "risk risks",
  "exit acquisition acquirer ipo",
  "raise raising round fundraising funding seek seeking ask investment capital",
  "email contact phone website",
  "roadmap timeline plan next milestones",
  "valuation cap premoney",
].map((line) => line.split(" ").map(stem));

const kinOf = new Map<string, ReadonlySet<string>>();
for (const line of alike) {
  for (const word of line) kinOf.set(word, new Set([...(kinOf.get(word) ?? []), ...line]));
}

export const kin = (word: string): ReadonlySet<string> => kinOf.get(word) ?? new Set();
