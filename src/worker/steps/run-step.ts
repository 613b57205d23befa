import type { EngineRef } from "../../contract/common.ts";
import type {
  ExtractionsAndTemplate,
  SlideAnalysis,
  SlideFindings,
} from "../../contract/results.ts";
import type { Outcome } from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import { extractAndScore } from "./extractions-and-template.ts";
import { reviewSlides } from "./slide-feedback.ts";
import { analyseSpecialised, specialisedKinds } from "./specialised.ts";
import type { StepContext, StepResult } from "./step.ts";
import { analyseSlides, type VisionPorts } from "./visual-analysis.ts";

/** A slide's result by the task that made it. */
export type SlideResult =
  | { readonly kind: "visual_analysis"; readonly result: SlideAnalysis }
  | { readonly kind: "slide_feedback"; readonly result: SlideFindings };

/** Where a task's input comes from and where finished slides go: a lease, or a request of the API. */
export interface StepInput {
  readonly vision: () => Promise<Omit<VisionPorts<unknown>, "onSlide">>;
  readonly onSlide: (slide: number, result: SlideResult) => Promise<void>;
  /** Throws HANDOFF_MISSING or UNKNOWN_DOCUMENT when there are none. */
  readonly visualResults: () => Promise<readonly SlideAnalysis[]>;
  readonly upstream: ExtractionsAndTemplate | undefined;
}

/** The one table from task names to steps. Throws TASK_NOT_FOUND for a task of none. */
export async function runStep(
  task: string,
  context: StepContext,
  input: StepInput,
): Promise<StepResult<Record<string, unknown>>> {
  if (task === "visual_analysis") {
    const onSlide = (slide: number, result: SlideAnalysis): Promise<void> =>
      input.onSlide(slide, { kind: "visual_analysis", result });
    return await analyseSlides(context, { ...(await input.vision()), onSlide });
  }
  if (task === "slide_feedback") {
    const onSlide = (slide: number, result: SlideFindings): Promise<void> =>
      input.onSlide(slide, { kind: "slide_feedback", result });
    return await reviewSlides(context, { ...(await input.vision()), onSlide });
  }
  const kind = specialisedKinds.find((name) => task === `specialized_${name}`);
  if (task !== "extractions_and_template" && kind === undefined) {
    throw new AppError("TASK_NOT_FOUND", `This container has no step for ${task}.`);
  }
  const slides = await input.visualResults();
  if (kind === undefined) return await extractAndScore(context, slides);
  return await analyseSpecialised(context, kind, slides, input.upstream);
}

export const doneOutcome = (
  step: StepResult<Record<string, unknown>>,
  engine: EngineRef,
): Outcome => ({
  kind: "done",
  result: step.result,
  gaps: [...step.gaps],
  applicable: step.applicable,
  reason: step.reason,
  engine,
});
