import { type DocumentSummary, pipelineStates } from "../../contract/documents.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Style } from "../style.ts";
import { cell, clip, dateText, oneLine } from "../text.ts";

export interface LsOptions {
  readonly state?: string | undefined;
  readonly limit: string;
}

const limitMax = 10_000;
const pageMax = 200;

/** Documents, newest first. An empty list is no failure. */
export async function ls(context: Context, options: LsOptions): Promise<number> {
  const { output, interrupt, flags } = context;
  const limit = /^\d{1,5}$/.test(options.limit) ? Number(options.limit) : 0;
  if (limit < 1 || limit > limitMax) {
    throw new AppError("USAGE", `--limit must be a number from 1 to ${limitMax}`);
  }
  const { state } = options;
  if (state !== undefined && !pipelineStates.some((known) => known === state)) {
    throw new AppError("USAGE", `--state must be one of ${pipelineStates.join(", ")}`);
  }
  const api = await runningApi(context);
  const documents: DocumentSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.list(
      { state, cursor, limit: Math.min(pageMax, limit - documents.length) },
      interrupt.signal,
    );
    documents.push(...page.documents);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && documents.length < limit);
  if (output.json) output.object("documents", { documents, nextCursor: cursor ?? null });
  else if (documents.length === 0) output.say("No documents.");
  else {
    const columns = output.stdoutIsTty ? output.size().columns : null;
    output.data(listText(documents, output.style, { utc: flags.utc, columns }));
  }
  return exitCodes.ok;
}

/** One line a document. @param columns of the terminal; null: names are never cut */
export function listText(
  documents: readonly DocumentSummary[],
  style: Style,
  { utc, columns }: { readonly utc: boolean; readonly columns: number | null },
): string {
  const { colors } = style;
  const ids = Math.max(8, ...documents.map(({ id }) => id.length));
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - ids - 18 - 20 - 3;
  const lines = documents.map(({ id, name, createdAt, pipeline }) => {
    const { state, progress, status } = pipeline;
    const word = state === "active" ? `${progress.percent} % ${status.name}` : status.name;
    const tints = { done: colors.green, failed: colors.red, done_with_gaps: colors.yellow };
    const tint = tints[state as "done"] ?? ((text: string) => text);
    const parts = [cell(id, ids, style), tint(cell(word, 18, style))];
    return [...parts, cell(dateText(createdAt, utc), 20, style), clip(oneLine(name), room, style)];
  });
  const head = [
    cell("DOCUMENT", ids, style),
    cell("STATE", 18, style),
    cell("ACCEPTED", 20, style),
  ];
  return [colors.dim([...head, "NAME"].join(" ")), ...lines.map((line) => line.join(" "))].join(
    "\n",
  );
}
