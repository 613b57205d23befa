import type { Extractions, SlideAnalysis } from "../../../../contract/results.ts";
import { type Deck, evidenceOf, isLegal, isRepeated, placeOf } from "../deck.ts";
import { isSureQuote } from "../doubt.ts";
import { countWords, keyOf, whole } from "../text-tools.ts";

type Offering = Extractions["company_offering"];

const acceptFrom = 3;

/** Sentences that say what the company does, with what each form is worth. */
const forms: readonly { readonly points: number; readonly re: RegExp }[] = [
  {
    points: 4,
    re: whole(
      "(?:is|are) an? [^.]{3,80}(?:platform|app|device|service|solution|tool|system|software|company|marketplace|network|test|therapy|wearable|headset|assistant|engine|certification|directory|clinic|kit)",
    ),
  },
  {
    points: 3.5,
    re: whole(
      "(?:we|our \\w+(?: \\w+)?) (?:help|enable|provide|offer|build|make|develop|deliver|turn|connect|automate|use|combine|allow|let|bring|give|produce|create|empower)s?",
    ),
  },
  {
    points: 3,
    re: whole(
      "(?:is|are) (?:an?|the)|(?:helps?|enables?|provides?|offers?|produces?|develops?|delivers?|turns|connects|automates|allows|lets|combines|attacks|transforms)",
    ),
  },
  {
    points: 3,
    re: whole(
      "convierte|ofrece(?:mos)?|permite(?:n)?|ayuda(?:mos)?|es una?|bietet|bieten|ermöglicht|hilft|wir (?:helfen|entwickeln|bauen)|ist (?:eine?|die|der|das)|permet|propose|offre|est une?|nous (?:aidons|proposons|développons)|oferece|é uma?|ajuda",
    ),
  },
  {
    points: 2.5,
    re: /^(?:an?|the|una?|eine?|une?) [^.]{10,90}(?: (?:for|that|to|where|which|para|für|pour|que|die|der) )/iu,
  },
  {
    points: 2,
    re: /^(?:enabling|helping|making|empowering|connecting|transforming|automating|bringing|delivering|providing|building|handle|book|find|track|shop|rent|get|manage|save|learn|buy|sell)\b.{8,}/iu,
  },
];

const kindPoints: Readonly<Partial<Record<SlideAnalysis["kind"], number>>> = {
  cover: 2.5,
  solution: 2.5,
  product: 1.8,
  contact: 0.8,
  other: 0.5,
  problem: -1.5,
  market: -1.5,
  competition: -1.5,
  team: -1.5,
  financials: -2,
  ask: -1,
  traction: -0.5,
  regulatory: -1,
};

const people = whole(
  "ceo|cto|coo|founder|years? (?:of )?experience|graduate|ph\\.?d|professor|patron|former(?:ly)?",
);

/** Addresses, bare firms, and sentences that say what something is not. */
const noOffer =
  /https?:|www\.|@|^\P{L}*(?:no es|not? |nicht |kein |ce n['’]est pas|não é)|^\P{L}*(?:\p{Lu}[\p{L}&.-]*\s){1,4}(?:LLC|Inc|GmbH|Ltd|AG|SAS|S\.L)\.?$/iu;

/** Sentences about the market, the plan or the deck itself. */
const elsewhere = whole(
  "acquisition|prototypes?|depends?|source|market|strategy|strategies|template|reproduction|trend|competitors?|investors?|revenues?|customers? (?:acquisition|value)|mercado|markt|marché|opportunity|industry|(?:it|this|these|that|they|there|here) (?:is|are)",
);

function points(deck: Deck, slide: SlideAnalysis, sentence: string, name: string | null): number {
  const words = countWords(sentence);
  if (words < 4 || words > 55 || people.test(sentence)) return 0;
  if (noOffer.test(sentence)) return 0;
  let form = 0;
  for (const { points: worth, re } of forms) {
    if (re.test(sentence)) form = Math.max(form, worth);
  }
  const key = keyOf(name?.replace(/\.\p{L}{2,4}$/u, "") ?? "");
  const named = key !== "" && keyOf(sentence).includes(key);
  const cover = slide.kind === "cover";
  if (form === 0 && !named && !cover) return 0;
  // What stands on other slides counts only with the company as its subject.
  const own = /^(?:cover|solution|product|contact)$/.test(slide.kind);
  const ours = /^(?:we|our|wir|unser|nous|notre|nosotros|nuestr|nossa?)(?!\p{L})/iu.test(sentence);
  if (!own && !named && !ours && !(slide.kind === "other" && /^an? /iu.test(sentence))) return 0;
  const length = words >= 7 && words <= 35 ? 0.8 : 0;
  const early = 1.2 * (1 - placeOf(deck, slide));
  const figures = (sentence.match(/\d/g)?.length ?? 0) > 4 ? -1.5 : 0;
  const question = /\?\s*$/u.test(sentence) ? -2 : 0;
  // "Integration helps ensure ...": no article, no we, no name in front.
  const loose =
    !named &&
    !ours &&
    slide.kind !== "cover" &&
    !/^(?:an?|the|una?|el|la|eine?|une?) /iu.test(sentence)
      ? -1.8
      : 0;
  const aside = elsewhere.test(sentence) ? -2.5 : 0;
  const startsWithName = named && keyOf(sentence.slice(0, 40)).startsWith(key);
  const subject = startsWithName ? 1.5 : named ? 0.8 : 0;
  return (
    form +
    (kindPoints[slide.kind] ?? 0) +
    subject +
    length +
    early +
    figures +
    question +
    aside +
    loose
  );
}

/** One sentence that says what is offered, as the deck itself words it; null when none does. */
export function extractOffering(deck: Deck, name: string | null): Offering {
  let best: { sentence: string; slide: SlideAnalysis; score: number } | undefined;
  for (const { slide, text, sentences } of deck.paragraphs) {
    if (isLegal(slide) || isRepeated(deck, text)) continue;
    for (const sentence of sentences) {
      const misread = isSureQuote(slide, sentence) ? 0 : 1;
      const score = points(deck, slide, sentence, name) - misread;
      if (score > (best?.score ?? 0)) best = { sentence, slide, score };
    }
  }
  if (!best || best.score < acceptFrom) {
    const note = "No sentence says what the company offers.";
    return { value: null, confidence: 0.5, evidence: [], note, conflicts: [] };
  }
  const evidence = evidenceOf(best.slide, best.sentence);
  return {
    value: evidence.quote,
    confidence: Math.min(0.9, 0.35 + best.score / 18),
    evidence: [evidence],
    note: null,
    conflicts: [],
  };
}
