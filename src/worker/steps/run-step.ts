import type { EngineRef, ModelUsage } from "../../contract/common.ts";
import type {
  ExtractionsAndTemplate,
  SlideAnalysis,
  SlideFindings,
} from "../../contract/results.ts";
import type { Outcome } from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import { stepOf, topicOf } from "../../packs/steps.ts";
import { answerTemplate } from "./answer-template.ts";
import { extractFields } from "./extract-fields.ts";
import { extractAndScore } from "./extractions-and-template.ts";
import { reviewSlides } from "./slide-feedback.ts";
import { analyseSpecialised } from "./specialised.ts";
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

/** The one table from steps to what does them. Throws TASK_NOT_FOUND for a task of none. */
export async function runStep(
  task: string,
  context: StepContext,
  input: StepInput,
): Promise<StepResult<Record<string, unknown>>> {
  const named = { name: task, step: context.pack.step, topic: context.pack.topic };
  switch (stepOf(named)) {
    case "see_slides": {
      const onSlide = (slide: number, result: SlideAnalysis): Promise<void> =>
        input.onSlide(slide, { kind: "visual_analysis", result });
      return await analyseSlides(context, { ...(await input.vision()), onSlide });
    }
    case "review_slides": {
      const onSlide = (slide: number, result: SlideFindings): Promise<void> =>
        input.onSlide(slide, { kind: "slide_feedback", result });
      return await reviewSlides(context, { ...(await input.vision()), onSlide });
    }
    case "extract_and_score":
      return await extractAndScore(context, await input.visualResults());
    case "extract_fields":
      return await extractFields(context, await input.visualResults());
    case "answer_template":
      return await answerTemplate(context, await input.visualResults());
    case "analyse": {
      const topic = topicOf(named);
      if (topic === null) throw new AppError("PACK_INVALID", `${task} has no topic.`);
      const slides = await input.visualResults();
      return await analyseSpecialised(context, topic, slides, input.upstream);
    }
    case undefined:
      throw new AppError("TASK_NOT_FOUND", `This container has no step for ${task}.`);
  }
}

export const doneOutcome = (
  step: StepResult<Record<string, unknown>>,
  engine: EngineRef,
  usage: ModelUsage | null = null,
): Outcome => ({
  kind: "done",
  result: step.result,
  gaps: [...step.gaps],
  applicable: step.applicable,
  reason: step.reason,
  engine,
  ...(usage === null ? {} : { usage }),
});
