import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { DocumentResults } from "../../contract/documents.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Choice, markdownOf } from "../../report/markdown.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

export interface ResultsOptions {
  readonly task?: string | undefined;
  readonly slide?: string | undefined;
  readonly generation?: string | undefined;
  readonly format?: string | undefined;
  readonly output?: string | undefined;
}

/** What came out of a document so far, as a report to read or as JSON. */
export async function results(
  context: Context,
  id: string,
  options: ResultsOptions,
): Promise<number> {
  const { output, interrupt, cwd } = context;
  const format = formatOf(options, output.json);
  const choice = { task: options.task, slide: numberOf("slide", options.slide) };
  const generation = numberOf("generation", options.generation);
  const api = await runningApi(context);
  const document = await api.document(id, interrupt.signal);
  const all = await api.results(id, interrupt.signal, generation);
  checkChoice(document.pipeline.progress.tasks, document.pages, choice);
  const chosen = { v: 1, type: "results", ...all, results: choose(all.results, choice) };
  const text =
    format === "json" ? `${JSON.stringify(chosen, null, 2)}\n` : markdownOf(document, all, choice);
  if (options.output === undefined) {
    output.data(text);
    return exitCodes.ok;
  }
  const path = resolve(cwd, options.output);
  await writeFile(path, text).catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `-o ${options.output}: cannot be written (${error.code})`);
  });
  output.say(`Written: ${path}`);
  return exitCodes.ok;
}

function formatOf({ format, output }: ResultsOptions, json: boolean): "json" | "md" {
  const wanted = format ?? (json || output?.endsWith(".json") ? "json" : "md");
  if (wanted === "json" || wanted === "md") return wanted;
  throw new AppError("USAGE", `--format must be json or md, not "${wanted}"`);
}

function numberOf(of: "slide" | "generation", text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new AppError("USAGE", `--${of} must be a ${of}'s number`);
}

function checkChoice(
  tasks: readonly { readonly task: string }[],
  pages: number,
  { task, slide }: Choice,
): void {
  const names = tasks.map((one) => one.task);
  if (task !== undefined && !names.includes(task)) {
    throw new AppError("TASK_NOT_FOUND", `${task} is none of ${names.join(", ")}.`);
  }
  if (slide !== undefined && slide > pages) {
    throw new AppError("SLIDE_NOT_FOUND", `The document has ${pages}.`);
  }
}

/** Parts that are not chosen are left out; of the slide tasks the chosen slide stays. */
function choose(results: DocumentResults["results"], { task, slide }: Choice): object {
  const entries = Object.entries(results)
    .filter(([name]) => task === undefined || name === task)
    .map(([name, result]) => [name, slide === undefined ? result : slidePart(result, slide)])
    .filter(([, result]) => result !== null);
  return Object.fromEntries(entries);
}

function slidePart(result: object | undefined, slide: number): object | null {
  if (result === undefined || !("slides" in result) || !Array.isArray(result.slides)) return null;
  return { slides: result.slides.filter((one: { slide?: number }) => one.slide === slide) };
}
