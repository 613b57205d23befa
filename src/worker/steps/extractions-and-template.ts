import { z } from "zod";
import {
  type Extractions,
  type ExtractionsAndTemplate,
  extractions,
  isoDate,
  type SlideAnalysis,
  type TemplateAnalysis,
  templateAnswer,
} from "../../contract/results.ts";
import type { Template } from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import { withCalibration } from "./calibrated.ts";
import { withGrounding } from "./grounded.ts";
import { withSecondReading } from "./second-reading.ts";
import {
  askFor,
  asList,
  asRecord,
  promptOf,
  type StepContext,
  type StepResult,
  schemaOf,
  wholeResult,
} from "./step.ts";
import { withSupport } from "./supported.ts";
import { templateFor } from "./template-for.ts";

type Chapter = Template["chapters"][number];
export type AnsweredChapter = TemplateAnalysis["chapters"][number];

/** The five facts of a deck, then the template's chapters one after the other. */
export async function extractAndScore(
  context: StepContext,
  slides: readonly SlideAnalysis[],
): Promise<StepResult<ExtractionsAndTemplate>> {
  const { pack, engine } = context;
  const { template: fallback } = pack;
  if (fallback === null) throw new AppError("PACK_INVALID", "The task has no template.");
  // A special template may have more chapters; until it is known the usual one is counted.
  const tell = (done: number, { chapters: { length } }: Template = fallback): void =>
    context.onProgress({ fraction: done / (1 + length), done, total: 1 + length });

  tell(0);
  const read = withSupport(await extract(context, slides));
  const facts = withCalibration(await withSecondReading(read, slides, context), pack, engine.ref);
  const template = templateFor(fallback, context.pack.templates, factsOf(facts));
  tell(1, template);
  const chapters: AnsweredChapter[] = [];
  for (const chapter of template.chapters) {
    context.signal.throwIfAborted();
    chapters.push(await answerChapter(context, slides, chapter));
    tell(1 + chapters.length, template);
  }
  return wholeResult({
    extractions: facts,
    template: { template: template.name, chapters, score: weighted(template, chapters) },
  });
}

/** The facts by which a template may be chosen. */
const factsOf = (found: Extractions): Record<string, string | null> => ({
  sector: found.healthcare.value?.sector ?? null,
});

async function extract(
  context: StepContext,
  slides: readonly SlideAnalysis[],
): Promise<Extractions> {
  const { engine, pack, signal } = context;
  const schema = schemaOf(pack, "extractions");
  return await askFor(context, {
    prompt: promptOf(pack, "extractions", { slides: String(slides.length) }),
    schema: extractionsAsked,
    complete: (value) => completeExtractions(withGrounding(value, slides)),
    ask: (prompt) => engine.think({ ask: { kind: "extractions" }, slides, prompt, schema }, signal),
  });
}

/** A month that no year has is asked again; the contract lets it be, for what is stored already. */
const extractionsAsked = extractions.refine(
  ({ deck_date: { value } }) => value === null || isoDate.test(value),
  { path: ["deck_date", "value"], message: "must be a year, year-month or date" },
);

const completeExtractions = (value: unknown): unknown =>
  Object.fromEntries(
    Object.entries(asRecord(value)).map(([name, field]) => [
      name,
      { note: null, evidence: [], conflicts: [], ...asRecord(field) },
    ]),
  );

/** Of the pack's parts, which ask for a chapter. */
const deckParts = { prompt: "template_chapter", schema: "template_chapter" } as const;

/** One chapter's questions, each with its answer and evidence. */
export async function answerChapter(
  context: StepContext,
  slides: readonly SlideAnalysis[],
  chapter: Chapter,
  parts: { readonly prompt: string; readonly schema: string } = deckParts,
): Promise<AnsweredChapter> {
  const { engine, pack, signal } = context;
  const schema = schemaOf(pack, parts.schema);
  const slots = { slides: String(slides.length), questions: questionsText(chapter) };
  const { questions } = await askFor(context, {
    prompt: promptOf(pack, parts.prompt, slots),
    schema: z.object({ questions: z.array(templateAnswer) }),
    complete: (value) => completeAnswers(withGrounding(value, slides), chapter),
    ask: (prompt) =>
      engine.think({ ask: { kind: "template", chapter }, slides, prompt, schema }, signal),
  });
  const score = mean(questions.map((answer) => ({ score: answer.score, weight: 1 })));
  return { id: chapter.id, title: chapter.title, score, questions };
}

/** One answer a question, in the template's order and with its wording, whatever order came back. */
function completeAnswers(value: unknown, chapter: Chapter): unknown {
  const given = new Map(
    asList(asRecord(value).questions).map((item) => [asRecord(item).id, asRecord(item)]),
  );
  return {
    questions: chapter.questions.map(({ id, question }) => {
      const answer = given.get(id);
      // An answer left out stays out, so that the schema asks for it by its place.
      return answer && { answer: null, missing: null, evidence: [], ...answer, id, question };
    }),
  };
}

function questionsText(chapter: Chapter): string {
  const lines = chapter.questions.map((question) =>
    [
      `${question.id}: ${question.question}`,
      `  5: ${question.strong}`,
      `  3: ${question.adequate}`,
      `  1: ${question.weak}`,
    ].join("\n"),
  );
  return [chapter.title, ...lines].join("\n");
}

/** Weighted mean of the chapters, 0..5. */
export function weighted(template: Template, chapters: readonly AnsweredChapter[]): number | null {
  const weights = new Map(template.chapters.map((chapter) => [chapter.id, chapter.weight]));
  return mean(chapters.map(({ id, score }) => ({ score, weight: weights.get(id) ?? 1 })));
}

/** Weighted mean of what applies, to two decimals; null when nothing does. */
function mean(parts: readonly { score: number | null; weight: number }[]): number | null {
  let sum = 0;
  let weights = 0;
  for (const { score, weight } of parts) {
    if (score === null) continue;
    sum += score * weight;
    weights += weight;
  }
  return weights === 0 ? null : Math.round((sum / weights) * 100) / 100;
}
