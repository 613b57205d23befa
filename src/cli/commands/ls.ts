import { listFilters, listSorts } from "../../contract/document-list.ts";
import { type DocumentSummary, pipelineStates } from "../../contract/documents.ts";
import type { ListedCost } from "../../contract/listed-costs.ts";
import { parseDuration } from "../../core/autoscaler/duration.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Api, ListQuery } from "../api-client.ts";
import { type Context, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { listText } from "../report/list.ts";

export interface LsOptions {
  readonly state?: string | undefined;
  readonly filter?: string | undefined;
  readonly search?: string | undefined;
  readonly since?: string | undefined;
  readonly sort?: string | undefined;
  readonly limit: string;
}

const limitMax = 10_000;
const pageMax = 200;

/** Documents in the order of the page. An empty list is no failure. */
export async function ls(context: Context, options: LsOptions): Promise<number> {
  const { output, interrupt, flags, clock } = context;
  const limit = countOption("limit", options.limit, limitMax);
  const query = queryOf(options, clock.nowMs());
  const api = await runningApi(context);
  const documents: DocumentSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.list(
      { ...query, cursor, limit: Math.min(pageMax, limit - documents.length) },
      interrupt.signal,
    );
    documents.push(...page.documents);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && documents.length < limit);
  const costs = await costsOf(api, documents, interrupt.signal);
  const listed = documents.map((one) => ({ ...one, cost: costs.get(one.id) ?? null }));
  if (output.json) output.object("documents", { documents: listed, nextCursor: cursor ?? null });
  else if (documents.length === 0) output.say("No documents.");
  else {
    const columns = output.stdoutIsTty ? output.size().columns : null;
    const view = { utc: flags.utc, columns, nowMs: clock.nowMs() };
    output.data(listText(listed, output.style, view));
  }
  return exitCodes.ok;
}

/** One that is deleted meanwhile has none. */
async function costsOf(api: Api, documents: readonly DocumentSummary[], signal: AbortSignal) {
  const found = new Map<string, ListedCost>();
  for (let from = 0; from < documents.length; from += pageMax) {
    const ids = documents.slice(from, from + pageMax).map(({ id }) => id);
    const { costs } = await api.costs(ids, signal);
    for (const cost of costs) found.set(cost.document, cost);
  }
  return found;
}

function queryOf(options: LsOptions, nowMs: number): Omit<ListQuery, "limit"> {
  const { state, search } = options;
  const states = state?.split(",") ?? [];
  for (const one of states) oneOf("state", one, pipelineStates);
  const filter =
    options.filter === undefined ? undefined : oneOf("filter", options.filter, listFilters);
  const isNarrowed = state !== undefined || (filter !== undefined && filter !== "all");
  // As on the page: in a list that is narrowed, the newest come first.
  const usual = isNarrowed ? "-created" : "attention";
  const sort = options.sort === undefined ? usual : oneOf("sort", options.sort, listSorts);
  return { state, filter, q: search, sort, since: sinceOf(options.since, nowMs) };
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) {
    throw new AppError("USAGE", `--${name} must be one of ${known.join(", ")}`);
  }
  return found;
}

function sinceOf(text: string | undefined, nowMs: number): string | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) {
    throw new AppError("USAGE", "--since must be a duration, such as 24h or 7d");
  }
  return new Date(nowMs - ms).toISOString();
}
