import { type DocumentSummary, pipelineStates } from "../../contract/documents.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { listText } from "../report/list.ts";

export interface LsOptions {
  readonly state?: string | undefined;
  readonly limit: string;
}

const limitMax = 10_000;
const pageMax = 200;

/** Documents, newest first. An empty list is no failure. */
export async function ls(context: Context, options: LsOptions): Promise<number> {
  const { output, interrupt, flags } = context;
  const limit = countOption("limit", options.limit, limitMax);
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
