import type { Claim, SlideAnalysis } from "../../../../contract/results.ts";
import { spokenDeck } from "../spoken-deck.ts";
import { fold } from "../text-tools.ts";
import { type FoundClaim, findClaims } from "./claims.ts";
import { identifiersIn, type Topic } from "./issues.ts";

/** Misstatements that the claims leave out and that are told all the same. */
const addedMax = 6;
/** A shorter quote may stand in many sentences. */
const overlapMin = 12;

/**
 * Claims that somebody else drew from a deck, with what the rules know of their quotes: numbers of
 * registries, authorities and papers, and wording that an expert would stop at. A sentence with such an issue
 * that none of the claims quotes is added as a claim of its own. Only quotes that were found on their
 * slides count, and nothing that a claim says is changed.
 */
export function judgeClaims(
  claims: readonly Claim[],
  slides: readonly SlideAnalysis[],
  topic: Topic,
): Claim[] {
  const found = findClaims(spokenDeck(slides), [], topic);
  const quoted = new Set<FoundClaim>();
  const judged = claims.map((claim) => {
    const quotes = claim.evidence.filter(({ grounded }) => grounded);
    const own = found.filter((one) => quotes.some((quote) => isQuoted(one, quote)));
    for (const one of own) quoted.add(one);
    return withIssues(claim, own, identifiersIn(quotes.map(({ quote }) => quote).join("\n")));
  });
  const added = found.filter((one) => !quoted.has(one)).slice(0, addedMax);
  return [...judged, ...added.map(({ claim }) => claim)];
}

function isQuoted({ slide, text }: FoundClaim, evidence: Claim["evidence"][number]): boolean {
  if (slide.slide !== evidence.slide) return false;
  const [one, other] = [fold(text), fold(evidence.quote)];
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= overlapMin && long.includes(short);
}

function withIssues(
  claim: Claim,
  own: readonly FoundClaim[],
  identifiers: Claim["identifiers"],
): Claim {
  const issues = new Map(
    own.flatMap((one) => one.claim.issues.map((issue) => [issue.code, issue])),
  );
  // The sentences that an issue rests on, such as the other side of a contradiction.
  const more = own.flatMap((one) => one.claim.evidence.slice(1));
  return {
    ...claim,
    evidence: [...claim.evidence, ...more],
    issues: [...issues.values()],
    identifiers,
  };
}
