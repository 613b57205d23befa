import type { Deck, Paragraph } from "../deck.ts";
import { domainHosts } from "../terms/name-words.ts";
import { countWords, keyOf } from "../text-tools.ts";
import { type Candidates, cleaned } from "./name-candidates.ts";

/** The label of a mail address or site: "ceo@acmeworks.ai" says `acmeworks`. */
function domainsOf(text: string): string[] {
  const labels: string[] = [];
  const pattern =
    /(?:[\w.+-]+@|https?:\/\/(?:www\.)?|www\.)([\p{L}\d-]+(?:\.[\p{L}\d-]+)*)\.\p{L}{2,}/giu;
  for (const match of text.matchAll(pattern)) {
    const label = match[1]?.split(".").at(-1)?.toLowerCase() ?? "";
    // Schools and offices lend addresses to their people; hosts stand in front of the last dot.
    if (/\.(?:edu|gov|mil)\b|\.ac\.|\b(?:uni|univ|tu|fh)-/iu.test(match[0])) continue;
    const host =
      /\.(?:github|gitlab|streamlit|vercel|netlify|herokuapp|wordpress|blogspot|wixsite|carrd|notion|webflow|framer|web|pages)\.\p{L}+$/iu;
    if (host.test(match[0])) {
      const sub = match[1]?.split(".").at(-2)?.toLowerCase() ?? "";
      if (sub.length >= 3 && !/github|gitlab/iu.test(match[0])) labels.push(sub);
      continue;
    }
    if (label.length >= 3 && !domainHosts.has(label)) labels.push(label);
  }
  return labels.length > 0 ? labels : bareDomains(text);
}

/** "acme.io" on a line of its own, or nearly: in a sentence it may be anyone's. */
function bareDomains(text: string): string[] {
  if (countWords(text) > 3) return [];
  const pattern =
    /(?<![\p{L}\p{N}@./-])([\p{L}\d-]{3,})\.(?:com|net|org|io|ai|app|co|dev|tech|health|care|eu|de|fr|es|ch|at|it|nl|pt|pl|uk|us|in|me|xyz)(?![\p{L}\p{N}./-])/giu;
  return [...text.matchAll(pattern)]
    .map((match) => match[1]?.toLowerCase() ?? "")
    .filter((label) => !domainHosts.has(label));
}

export function fromDomains(deck: Deck, into: Candidates): void {
  for (const paragraph of deck.paragraphs) {
    const { kind, slide } = paragraph.slide;
    const edge = slide <= 1 || slide === deck.slides.at(-1)?.slide || kind === "contact";
    const points = edge ? 3.4 : /team|competition|market|traction/.test(kind) ? 0.8 : 1.6;
    for (const label of domainsOf(paragraph.text)) {
      const spelled = spelling(deck, label);
      into.add(spelled ?? label, points, paragraph.text.includes("@") ? "mail" : "site", paragraph);
    }
    for (const label of mailboxesOf(paragraph.text)) {
      const spelled = spelling(deck, label);
      if (spelled !== null && keyOf(spelled) === keyOf(label)) {
        into.add(spelled, edge ? 2.4 : 1.2, "mail", paragraph);
      }
    }
  }
}

/** "acme.team@gmail.com": at a mail host the name stands in front of the sign. */
function mailboxesOf(text: string): string[] {
  return [...text.matchAll(/([\p{L}\d._-]+)@([\p{L}\d-]+)\.\p{L}{2,}/gu)]
    .filter(([, , at = ""]) => domainHosts.has(at.toLowerCase()))
    .map(([, box = ""]) =>
      box.replace(
        /(?:^|[._-]?)(?:info|team|contact|hello|official|support|admin|mail|help)?[._-]?\d*$/iu,
        "",
      ),
    )
    .filter((box) => box.length >= 4);
}

/** How the deck itself writes the words of a domain label, if it does: all of it, else its beginning. */
function spelling(deck: Deck, label: string): string | null {
  const wanted = keyOf(label);
  let start: string | null = null;
  for (const run of runsOf(deck)) {
    const key = keyOf(cleaned(run));
    if (key === wanted) return cleaned(run);
    // "AcmeWorks" in "acmeworksonline.com": the label says more than the name.
    if (start === null && isStartOf(wanted, key, run)) {
      const on = deck.slides.filter((slide) => slide.text.includes(run)).length;
      if (on >= 2) start = cleaned(run);
    }
  }
  return start;
}

const isStartOf = (label: string, key: string, run: string): boolean =>
  key.length >= 5 && run.split(" ").length <= 2 && label.startsWith(key) && /^\p{Lu}/u.test(run);

/** One to four words in a row, also where a title breaks its line between them. */
function* runsOf(deck: Deck): Generator<string> {
  for (const [at, { text, slide, block }] of deck.paragraphs.entries()) {
    const below = deck.paragraphs[at + 1];
    const goesOn = below?.slide === slide && isSameSize(block, below.block);
    const next = goesOn ? wordsOf(below.text).slice(0, 3) : [];
    const own = wordsOf(text);
    const words = [...own, ...next];
    for (let from = 0; from < own.length; from++) {
      for (let count = 1; count <= 4 && from + count <= words.length; count++) {
        yield words.slice(from, from + count).join(" ");
      }
    }
  }
}

const isSameSize = (a: Paragraph["block"], b: Paragraph["block"]): boolean =>
  Math.abs((a?.size ?? 0) - (b?.size ?? 1)) <= 0.05 * (a?.size ?? 0);

const wordsOf = (text: string): string[] =>
  text.split(/\s+/u).filter((word) => !word.includes("@") && !/www\.|\.\w{2,4}$/u.test(word));

const prefixes = /^(?:get|try|use|my|join|go|hello|hi|team|the|with|meet|app|ask|we|be|on)$/u;

/**
 * A logo that was read in part: "Works" where the mail address ends in `acmeworks`. The label of an
 * address is the whole name unless a usual prefix stands in front of it.
 */
export function fromLabels(deck: Deck, into: Candidates): void {
  for (const paragraph of deck.paragraphs) {
    for (const label of domainsOf(paragraph.text)) {
      const part = [...into.byKey.values()].find(
        ({ key, score }) =>
          key.length >= 4 &&
          score >= 2 &&
          label.length - key.length >= 2 &&
          keyOf(label).endsWith(key) &&
          !prefixes.test(keyOf(label).slice(0, -key.length)),
      );
      if (!part) continue;
      const spelled = spelling(deck, label);
      const whole = spelled !== null && keyOf(spelled) === keyOf(label) ? spelled : label;
      into.add(whole, part.score + 1, "address", paragraph);
      for (const sign of part.sources) into.byKey.get(keyOf(label))?.sources.add(sign);
    }
  }
}
