import type { SlideAnalysis, TemplateAnalysis } from "../../contract/results.ts";
import { AppError } from "../../errors/app-error.ts";
import { type AnsweredChapter, answerChapter, weighted } from "./extractions-and-template.ts";
import { onlyNameOf, type StepContext, type StepResult, wholeResult } from "./step.ts";

/** The chapters of a template one after the other: for a task of any pack. */
export async function answerTemplate(
  context: StepContext,
  slides: readonly SlideAnalysis[],
): Promise<StepResult<TemplateAnalysis>> {
  const { template, prompts, schemas } = context.pack;
  if (template === null) throw new AppError("PACK_INVALID", "The task has no template.");
  const total = template.chapters.length;
  const tell = (done: number): void => context.onProgress({ fraction: done / total, done, total });
  tell(0);
  const parts = { prompt: onlyNameOf(prompts), schema: onlyNameOf(schemas) };
  const chapters: AnsweredChapter[] = [];
  for (const chapter of template.chapters) {
    context.signal.throwIfAborted();
    chapters.push(await answerChapter(context, slides, chapter, parts));
    tell(chapters.length);
  }
  return wholeResult({ template: template.name, chapters, score: weighted(template, chapters) });
}
