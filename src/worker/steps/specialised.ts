import {
  type ExtractionsAndTemplate,
  type SlideAnalysis,
  type SpecializedAnalysis,
  specializedAnalysis,
} from "../../contract/results.ts";
import { judgeClaims } from "../engines/extractive/specialised/judge-claims.ts";
import { withGrounding } from "./grounded.ts";
import {
  askFor,
  asList,
  asRecord,
  onlyNameOf,
  promptOf,
  type StepContext,
  type StepResult,
  schemaOf,
} from "./step.ts";

export const specialisedKinds = ["clinical", "regulatory", "science"] as const;
export type SpecialisedKind = (typeof specialisedKinds)[number];

/**
 * Claims and missing proof of one kind. A deck that the main task found not to be healthcare is not
 * asked at all: the result says so and on what evidence.
 */
export async function analyseSpecialised(
  context: StepContext,
  kind: SpecialisedKind,
  slides: readonly SlideAnalysis[],
  upstream: ExtractionsAndTemplate | undefined,
): Promise<StepResult<SpecializedAnalysis>> {
  const { engine, pack, signal } = context;
  context.onProgress({ fraction: 0, done: null, total: null });
  const because = notHealthcare(upstream);
  if (because !== null) return resultOf(notApplicable(because));
  const schema = schemaOf(pack, "specialised");
  const result = await askFor(context, {
    prompt: promptOf(pack, pack.prompts[kind] === undefined ? onlyNameOf(pack.prompts) : kind, {
      slides: String(slides.length),
    }),
    schema: specializedAnalysis,
    complete: (value) => completeAnalysis(withGrounding(value, slides)),
    ask: (prompt) => engine.think({ ask: { kind }, slides, prompt, schema }, signal),
  });
  if (engine.ref.name === "extractive" || !result.applicable) return resultOf(result);
  // A model's own word on law and identifiers is no better than its memory: the rules go by the quotes.
  return resultOf({ ...result, claims: judgeClaims(result.claims, slides, kind) });
}

const resultOf = (result: SpecializedAnalysis): StepResult<SpecializedAnalysis> => ({
  result,
  gaps: [],
  applicable: result.applicable,
  reason: result.reason,
});

const notApplicable = (reason: string): SpecializedAnalysis => ({
  applicable: false,
  reason,
  summary: null,
  score: null,
  claims: [],
  missing: [],
});

/** One sentence with its evidence when the deck is known not to be healthcare; null: go on. */
function notHealthcare(upstream: ExtractionsAndTemplate | undefined): string | null {
  const healthcare = upstream?.extractions.healthcare;
  if (healthcare?.value?.is_healthcare !== false) return null;
  const proof = healthcare.evidence.find((piece) => piece.grounded) ?? healthcare.evidence[0];
  if (proof !== undefined) {
    return `Not a healthcare company: slide ${proof.slide} says "${proof.quote}".`;
  }
  return healthcare.note === null
    ? "Not a healthcare company: no slide speaks of health or care."
    : `Not a healthcare company: ${healthcare.note}`;
}

function completeAnalysis(value: unknown): unknown {
  const given = asRecord(value);
  const claims = asList(given.claims).map((claim) => ({ missing: [], ...asRecord(claim) }));
  // One without a quote is not worth asking again for the others; all without are.
  const quoting = claims.filter((claim) => asList(asRecord(claim).evidence).length > 0);
  return {
    applicable: true,
    reason: null,
    summary: null,
    score: null,
    missing: [],
    ...given,
    claims: quoting.length > 0 ? quoting : claims,
  };
}
