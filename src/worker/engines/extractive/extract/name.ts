import type { Extractions } from "../../../../contract/results.ts";
import { type Deck, isLegal } from "../deck.ts";
import { keyOf } from "../text-tools.ts";
import { fromDomains, fromLabels } from "./name-addresses.ts";
import { type Candidate, Candidates } from "./name-candidates.ts";
import {
  eventLinesOf,
  fromCover,
  fromFooters,
  fromMastheads,
  fromStacks,
  fromText,
  fromTitlePages,
  peopleOf,
} from "./name-signs.ts";

type Name = Extractions["startup_name"];

const acceptFrom = 4;
/** A second name this close to the first is said beside it. */
const rivalShare = 0.85;
/** A name with one sign has to be this much stronger than the next. */
const clearLead = 1.3;

interface Usage {
  /** Share of the slides, and how many they are. */
  readonly share: number;
  readonly on: number;
  readonly hits: number;
  readonly ordinary: boolean;
}

/** A logo read by OCR has often lost its accents. */
const bare = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "");

/** Slides (texts without accents) that use the name as a word, and whether it is an ordinary word too. */
function usage(texts: readonly string[], candidate: Candidate): Usage {
  const flexible = [...candidate.forms.keys()]
    .map((form) =>
      bare(form)
        .split(/\s+/u)
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join("\\s?"),
    )
    .join("|");
  const any = new RegExp(`(?<![\\p{L}\\p{N}@.])(?:${flexible})(?![\\p{L}\\p{N}]|\\.\\p{L})`, "giu");
  let on = 0;
  let low = 0;
  let all = 0;
  for (const text of texts) {
    const hits = text.match(any) ?? [];
    if (hits.length > 0) on++;
    all += hits.length;
    low += hits.filter((hit) => hit === hit.toLowerCase()).length;
  }
  const share = on / Math.max(1, texts.length);
  return { share, on, hits: all, ordinary: low >= 2 && low > all / 3 };
}

function bestForm(candidate: Candidate): string {
  const forms = [...candidate.forms].sort((a, b) => {
    const mixed = (text: string): number => (/\p{Lu}/u.test(text) ? 1 : 0);
    return mixed(b[0]) - mixed(a[0]) || b[1] - a[1];
  });
  return forms[0]?.[0] ?? candidate.key;
}

interface Ranked {
  readonly candidate: Candidate;
  readonly score: number;
  readonly share: number;
  readonly on: number;
  readonly hits: number;
}

/** A logo is often read in part ("Linked"): the longer name wins when the text uses it as much. */
function spelledOut(ranked: readonly Ranked[]): Ranked | undefined {
  const first = ranked[0];
  if (!first) return undefined;
  const longer = ranked.find(
    (other) =>
      other !== first &&
      ((other.candidate.key.startsWith(first.candidate.key) &&
        other.candidate.key.length <= first.candidate.key.length + 6 &&
        other.share >= 0.3 &&
        other.on >= 2) ||
        isBeheaded(first.candidate, other.candidate) ||
        isAddressed(first.candidate, other.candidate) ||
        isPartOf(first, other) ||
        isMonogramOf(first, other)),
  );
  return longer ? { ...longer, score: Math.max(first.score, longer.score) } : first;
}

/** "elloWorld" beside "HelloWorld": the first letter of a logo is often drawn, not written. */
const isBeheaded = ({ key, forms }: Candidate, whole: Candidate): boolean =>
  key.length >= 4 &&
  whole.key.endsWith(key) &&
  whole.key.length === key.length + 1 &&
  [...forms.keys()].every((form) => /^\p{Ll}/u.test(form));

/** "Acme" in "Acme Labs" of acme-labs.com: the address has both words, and so has the deck. */
const isAddressed = ({ key }: Candidate, { key: whole, sources, forms }: Candidate): boolean =>
  whole.startsWith(key) &&
  (sources.has("site") || sources.has("mail")) &&
  [...forms.keys()].some((form) => /^\p{Lu}\S*\s\p{Lu}/u.test(form));

/** "AC" in a square beside "Acme Cloud": initials are the mark, the long name is the name. */
function isMonogramOf(mark: Ranked, whole: Ranked): boolean {
  const { key } = mark.candidate;
  if (key.length > 3 || whole.score < 0.6 * mark.score) return false;
  return [...whole.candidate.forms.keys()].some((form) => {
    const initials = keyOf((form.match(/\p{Lu}/gu) ?? []).join(""));
    return initials.startsWith(key) && whole.on >= mark.on;
  });
}

/** Wherever the short name stands, the long one does: the first line of a title in two was lost. */
const isPartOf = (short: Ranked, long: Ranked): boolean =>
  long.candidate.key.endsWith(short.candidate.key) &&
  /^\p{L}/u.test(long.candidate.key) &&
  short.candidate.key.length >= 4 &&
  long.candidate.key.length <= short.candidate.key.length + 6 &&
  long.on >= 3 &&
  long.on >= short.on - 1 &&
  long.hits >= 0.8 * short.hits;

/** Names that the deck supports nearly as well: another company, or a product beside its maker. */
function rivalsOf(first: Ranked, ranked: readonly Ranked[]): Name["conflicts"] {
  const { key } = first.candidate;
  return ranked
    .filter(
      ({ candidate, score }) =>
        score >= first.score * rivalShare &&
        candidate.sources.size >= 2 &&
        !candidate.key.includes(key) &&
        !key.includes(candidate.key),
    )
    .slice(0, 2)
    .map(({ candidate }) => ({ value: bestForm(candidate), evidence: candidate.evidence }));
}

/**
 * The company's name: cover, logo line, footers, domains of mails and sites and sentences that
 * introduce it have to agree. null when nothing reaches the threshold.
 */
export function extractName(deck: Deck): Name {
  const ranked = rankedNames(deck);
  const second = ranked[1];
  const first = spelledOut(ranked);
  if (!first || !isEnough(first, second)) {
    const note = "No name stands out in the deck.";
    return { value: null, confidence: 0.5, evidence: [], note, conflicts: [] };
  }
  const lead = second ? (first.score - second.score) / first.score : 1;
  const agree = first.candidate.sources.size >= 2;
  return {
    value: bestForm(first.candidate),
    confidence: Math.min(agree ? 0.97 : 0.55, 0.5 + first.score / 30 + lead * 0.3),
    evidence: first.candidate.evidence,
    note: `${agree ? "Agreeing signs" : "One sign only"}: ${[...first.candidate.sources].join(", ")}.`,
    conflicts: rivalsOf(first, ranked),
  };
}

/** Two signs that agree; or one that stands alone on every page, or far ahead of all others. */
function isEnough({ candidate, score, share }: Ranked, second: Ranked | undefined): boolean {
  if (score < acceptFrom - 0.8) return false;
  if (candidate.sources.size >= 2) return score >= acceptFrom;
  return share >= 0.3 || score >= (second?.score ?? 0) * clearLead;
}

function rankedNames(deck: Deck): Ranked[] {
  const into = new Candidates();
  const events = eventLinesOf(deck);
  const readable: Deck = {
    ...deck,
    paragraphs: deck.paragraphs.filter((p) => !isLegal(p.slide) && !events.has(p)),
  };
  fromCover(readable, into);
  fromMastheads(readable, into);
  fromFooters(readable, into);
  fromDomains(deck, into);
  fromText(deck, into);
  const halves = fromStacks(readable, into);
  fromTitlePages(readable, into);
  fromLabels(deck, into);
  const people = peopleOf(deck);
  const texts = deck.slides.map((slide) => bare(slide.text));
  into.joinSites();
  into.joinSlips();
  return [...into.byKey.values()]
    .filter((candidate) => !halves.has(candidate.key))
    .map((candidate) => {
      const { share, on, hits, ordinary } = usage(texts, candidate);
      // Used as a word on several slides: more than a line of the cover.
      if (on >= 2) candidate.sources.add("used");
      const agreed = Math.min(3, candidate.sources.size - 1);
      const person = people.has(candidate.key) ? 0.35 : 1;
      const score = (candidate.score + 3 * share + agreed * 0.8) * (ordinary ? 0.6 : 1) * person;
      return { candidate, score, share, on, hits };
    })
    .sort((a, b) => b.score - a.score);
}
