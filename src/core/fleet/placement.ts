import type { Candidate, Circumstances } from "./candidate.ts";
import { compareCandidates, compareEstimates, type Estimate, estimate } from "./estimate.ts";
import type { Needs } from "./needs.ts";
import { placementSentence } from "./placement-sentence.ts";
import { rejection, type Why } from "./reject.ts";

export interface Rejected extends Why {
  readonly candidate: Candidate;
}

export interface Placement {
  /** null when nothing fits. */
  readonly chosen: Candidate | null;
  /** All that fit, the best first. */
  readonly ranked: readonly Estimate[];
  /** All others, each with one reason. */
  readonly rejected: readonly Rejected[];
  /** For people, with numbers. */
  readonly sentence: string;
}

/**
 * Chooses provider and machine for one start: of what fits, the one on which the expected work costs
 * least. What nobody charges for comes first, what nobody names a price for comes last, if it is
 * allowed at all. The order of the candidates does not matter.
 */
export function place(
  needs: Needs,
  candidates: readonly Candidate[],
  circumstances: Circumstances,
): Placement {
  const ranked: Estimate[] = [];
  const rejected: Rejected[] = [];
  for (const candidate of candidates) {
    const one = estimate(candidate, circumstances);
    const why = rejection(needs, one, circumstances);
    if (why === null) ranked.push(one);
    else rejected.push({ candidate, ...why });
  }
  ranked.sort(compareEstimates);
  rejected.sort((a, b) => compareCandidates(a.candidate, b.candidate));
  return {
    chosen: ranked[0]?.candidate ?? null,
    ranked,
    rejected,
    sentence: placementSentence(circumstances.replica, ranked, rejected),
  };
}
