import type { Claim, SlideAnalysis } from "../../../../contract/results.ts";
import type { TopicName } from "../../../../packs/steps.ts";
import type { Deck } from "../deck.ts";
import { type Sentence, sentencesFor } from "../search.ts";
import { clip } from "../text-tools.ts";
import { evidenceFor, identifiersIn, issuesIn, settingOf } from "./issues.ts";

/** One kind of statement that the deck may make. */
export interface ClaimPattern {
  readonly kind: string;
  readonly re: RegExp;
  /** Counts only on these kinds of slide. */
  readonly on?: RegExp;
  /** Rank among the claims of a sentence and of the deck. */
  readonly weight: number;
  /** Said against the claim when `lacks` is not found in its sentence or its slide. */
  readonly asks?: readonly Ask[];
  /** Always said: how it has to be worded. */
  readonly warns?: string;
}

export interface Ask {
  readonly what: string;
  readonly unless: RegExp;
}

export interface FoundClaim {
  readonly claim: Claim;
  readonly pattern: ClaimPattern;
  readonly slide: SlideAnalysis;
  readonly text: string;
}

const claimsMax = 12;
const near = 60;
const fragmentWordsMax = 8;
/** Slides that speak of the disease, the field or rivals. */
const foreignKinds = /^(?:problem|market|competition)$/;
const quoted = /^\W{0,3}(?:sources?|quellen?|fuentes?|fonte)\b/iu;
const tense =
  /(?<!\p{L})(?:will|plan(?:ned|s|ning)?|expect(?:ed|s|ing)?|target(?:ed|ing)|aim(?:s|ing)?|intend(?:s|ed)?|to be (?:filed|submitted|conducted|completed)|submi(?:t|tted|ssion)|apply(?:ing)?|applied for|pending|in progress|ongoing|on track|upcoming|next (?:steps?|year|\d* ?months?)|further months|prepar(?:e|ing|ation)|geplant|beantragt|angestrebt|vorgesehen|prévue?s?|en cours|previst[oa]s?|en trámite|próximos)(?!\p{L})/iu;
const others =
  /(?<!\p{L})(?:competitors?|predicate|literature|other (?:studies|devices|companies)|all approved|published by others|according to|compared to (?:all|existing)|Wettbewerber|concurrents?|competidores)(?!\p{L})/iu;
const identified =
  /\b(?:NCT\d{8}|ISRCTN\d{8}|DRKS\d{8}|K\d{6}|DEN\d{6}|P\d{6}|10\.\d{4,9}\/\S+|PMID:?\s?\d{6,8})\b|(?<![\p{L}\d])n\s?=\s?\d|\bp\s?[<=]\s?0?[.,]\d|\b9\d\s?%\s?(?:CI|KI|IC)\b|\bUS\s?\d{1,2}[,.]?\d{3}[,.]?\d{3}\b|\bEP\s?\d{7}|(?:cleared|granted|certified|approved|issued|completed|published|obtained|received|erteilt|erhalten|obtenu|obtenido)\b.{0,30}\b(?:19|20)\d\d\b/iu;

/** What stands close by; a fragment takes its time from the lines above it ("Next 9 months"). */
function surroundings({ text, slide, words }: Sentence, match: RegExpExecArray): string {
  const from = Math.max(0, match.index - near);
  const around = text.slice(from, match.index + match[0].length + near);
  if (words > fragmentWordsMax) return around;
  const lines = slide.text.split("\n");
  const at = lines.findIndex((line) => line.includes(text));
  return [...lines.slice(Math.max(0, at - 2), Math.max(0, at)), around].join("\n");
}

function statusOf(sentence: Sentence, match: RegExpExecArray): Claim["status"] {
  const { text, slide } = sentence;
  if (/\?\s*$/u.test(text)) return "unclear";
  if (tense.test(surroundings(sentence, match)) || slide.kind === "roadmap") return "planned";
  if (others.test(text) || quoted.test(text) || foreignKinds.test(slide.kind)) return "third_party";
  return identified.test(text) ? "shown" : "stated";
}

function asked(pattern: ClaimPattern, sentence: Sentence): string[] {
  const missing = (pattern.asks ?? [])
    .filter(({ unless }) => !unless.test(sentence.text) && !unless.test(sentence.slide.text))
    .map(({ what }) => what);
  return pattern.warns ? [pattern.warns, ...missing] : missing;
}

/** Stands in for a pattern where only an issue names the claim. */
const ofIssue = (kind: string): ClaimPattern => ({ kind, weight: 1, re: /(?!)/u });
const issueWeight = 10;

/** Claims of a deck by patterns: one a sentence, those with issues first, then the weightiest. */
export function findClaims(
  deck: Deck,
  patterns: readonly ClaimPattern[],
  topic: TopicName,
): FoundClaim[] {
  const ordered = [...patterns].sort((a, b) => b.weight - a.weight);
  const sentences = sentencesFor(deck);
  const setting = settingOf(deck, sentences);
  const found: FoundClaim[] = [];
  for (const sentence of sentences) {
    const { slide, text } = sentence;
    // Papers and degrees of people say nothing about the product.
    if (slide.kind === "team") continue;
    const issues = issuesIn(topic, sentence, setting);
    const named = ordered.find(({ on, re }) => (on?.test(slide.kind) ?? true) && re.test(text));
    const [first] = issues;
    const pattern = named ?? (first && ofIssue(first.rule.kind));
    if (pattern === undefined) continue;
    const match = pattern.re.exec(text) ?? first?.rule.re.exec(text);
    found.push({
      pattern,
      slide,
      text,
      claim: {
        claim: clip(text, 400),
        kind: pattern.kind,
        status: match ? statusOf(sentence, match) : "unclear",
        evidence: evidenceFor(sentence, issues),
        missing: asked(pattern, sentence).slice(0, 6),
        issues: issues.map(({ rule }) => rule.issue),
        identifiers: identifiersIn(text),
      },
    });
  }
  const rank = ({ claim, pattern }: FoundClaim): number =>
    pattern.weight +
    (claim.issues.length > 0 ? issueWeight : 0) +
    (claim.status === "shown" ? 2 : claim.status === "third_party" ? -1.5 : 0);
  return found.sort((a, b) => rank(b) - rank(a) || a.slide.slide - b.slide.slide);
}

export const shownClaims = (found: readonly FoundClaim[]): Claim[] =>
  found.slice(0, claimsMax).map(({ claim }) => claim);

/** Own results only: neither plans nor what others have shown. */
export const ownClaims = (found: readonly FoundClaim[]): FoundClaim[] =>
  found.filter(({ claim }) => claim.status === "shown" || claim.status === "stated");

export const slidesOf = (found: readonly FoundClaim[]): number[] =>
  [...new Set(found.map(({ slide }) => slide.slide))].sort((a, b) => a - b);

/** A point of a checklist: raised when `open`, on the slides that gave rise to it. */
export interface Point {
  readonly what: string;
  readonly open: boolean;
  readonly slides: readonly number[];
}

const pointsMax = 10;

export const openPoints = (points: readonly Point[]): { what: string; slides: number[] }[] =>
  points
    .filter(({ open }) => open)
    .slice(0, pointsMax)
    .map(({ what, slides }) => ({ what, slides: [...slides] }));
