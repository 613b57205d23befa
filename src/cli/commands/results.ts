import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { type ExportFormat, exportFormats } from "../../contract/exports.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

export interface ResultsOptions {
  readonly task?: string | undefined;
  readonly slide?: string | undefined;
  readonly generation?: string | undefined;
  readonly format?: string | undefined;
  readonly output?: string | undefined;
}

/** What came out of a document so far, as the server writes it: text, a page to print, data or a table. */
export async function results(
  context: Context,
  id: string,
  options: ResultsOptions,
): Promise<number> {
  const { output, interrupt, cwd } = context;
  const query = {
    format: formatOf(options, output.json),
    task: options.task,
    slide: numberOf("slide", options.slide),
    generation: numberOf("generation", options.generation),
  };
  const bytes = await (await runningApi(context)).export(id, query, interrupt.signal);
  if (options.output === undefined) {
    const text = new TextDecoder().decode(bytes);
    if (output.json) output.object("results", JSON.parse(text) as object);
    else output.data(text);
    return exitCodes.ok;
  }
  const path = resolve(cwd, options.output);
  await writeFile(path, bytes).catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `-o ${options.output}: cannot be written (${error.code})`);
  });
  if (output.json) output.object("results", { file: path, bytes: bytes.length });
  else output.say(`Written: ${path}`);
  return exitCodes.ok;
}

/** As asked, else as the file's name ends, else text to read. */
function formatOf({ format, output }: ResultsOptions, json: boolean): ExportFormat {
  const byName = output === undefined ? "" : extname(output).slice(1).replace(/^htm$/, "html");
  const known = exportFormats.find((one) => one === (format ?? (json ? "json" : byName)));
  if (known === undefined && format !== undefined) {
    throw new AppError("USAGE", `--format must be html, md, json or csv, not "${format}"`);
  }
  if (json && known !== "json" && output === undefined) {
    throw new AppError("USAGE", `--json prints JSON; leave it out for --format ${format}`);
  }
  return known ?? "md";
}

function numberOf(of: "slide" | "generation", text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new AppError("USAGE", `--${of} must be a ${of}'s number`);
}
