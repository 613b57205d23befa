import { parseDuration } from "../../core/autoscaler/duration.ts";
import { AppError } from "../../errors/app-error.ts";
import { errorCodes } from "../../errors/codes.ts";
import { pause } from "../../worker/signals.ts";
import type { Api } from "../api-client.ts";
import { type Context, followSignal, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { clockText, logLine } from "../text.ts";

export interface LogsOptions {
  readonly tail: string;
  readonly follow?: boolean | undefined;
  /** Only lines of the last so long. */
  readonly since?: string | undefined;
  /** Only lines that hold these words. */
  readonly search?: string | undefined;
  /** Of a document: only while this task was worked on. */
  readonly stage?: string | undefined;
}

interface Line {
  readonly id: number;
  readonly at: string;
  readonly line: string;
  readonly container: string | null;
}

/** Lines of a replica's container, or of a document from all containers that worked on it. */
interface Page {
  /** null: nothing was heard yet, or each line names its own. */
  readonly container: string | null;
  readonly lines: readonly Line[];
  /** Where the next question goes on. */
  readonly last: number;
  /** There may be more at once. */
  readonly isFull: boolean;
}
type Read = (query: { tail: number; after?: number }, signal: AbortSignal) => Promise<Page>;

const tailMax = 1_000;
/** A server that restarts is waited for. */
const patienceMs = 30_000;

const isDocument = (id: string): boolean => /^[dp]_/.test(id);

/**
 * The last lines of a replica's container, or those about a document. With `--follow` it stays until
 * Ctrl-C, and a container that takes the place of another is followed too.
 */
export async function logs(
  context: Context,
  id: string,
  options: LogsOptions,
  pollMs = 1_000,
): Promise<number> {
  const { output, interrupt } = context;
  const count = countOption("tail", options.tail, tailMax);
  if (options.stage !== undefined && !isDocument(id)) {
    throw new AppError("USAGE", "--stage is for the logs of a document");
  }
  const wanted = wantedBy(context, options);
  const api = await runningApi(context);
  const read = isDocument(id) ? ofDocument(api, id, options.stage) : ofReplica(api, id);
  // The last so many of those that are wanted: these may stand far above the last so many of all.
  const isChosen = options.search !== undefined || options.since !== undefined;
  const answer = await read({ tail: isChosen ? tailMax : count }, interrupt.signal);
  const shown = { ...answer, lines: answer.lines.filter(wanted).slice(-count) };
  if (options.follow === true) return followLogs(context, read, shown, wanted, pollMs);
  if (output.json) output.object("logs", jsonOf(id, shown));
  else if (shown.lines.length > 0) print(context, shown, isDocument(id));
  else if (answer.lines.length > 0) output.say("No line is like that.");
  else output.say(`Nothing was heard of ${id} yet.`);
  return exitCodes.ok;
}

/** A replica's object names its container once, a document's lines name their own. */
function jsonOf(id: string, { container, lines }: Page): object {
  if (isDocument(id)) return { document: id, lines };
  return { container, lines: lines.map(({ container: _, ...line }) => line) };
}

const ofReplica =
  (api: Api, replica: string): Read =>
  async (query, signal) => {
    const { container, lines, nextAfter } = await api.fleet.logs(replica, query, signal);
    return {
      container,
      lines: lines.map((line) => ({ ...line, container })),
      last: nextAfter,
      isFull: lines.length >= tailMax,
    };
  };

const ofDocument =
  (api: Api, id: string, stage: string | undefined): Read =>
  async (query, signal) => {
    const { lines, nextAfter } = await api.failures.documentLogs(id, { ...query, stage }, signal);
    return { container: null, lines, last: nextAfter, isFull: false };
  };

/** What `--since` and `--search` leave. Throws USAGE. */
function wantedBy(
  { clock }: Context,
  { since, search }: LogsOptions,
): (line: Pick<Line, "at" | "line">) => boolean {
  const sinceMs = since === undefined ? null : parseDuration(since);
  if (since !== undefined && (sinceMs === null || sinceMs <= 0)) {
    throw new AppError("USAGE", `--since must be a duration such as 10m or 2h, not "${since}"`);
  }
  const fromMs = sinceMs === null ? Number.NEGATIVE_INFINITY : clock.nowMs() - sinceMs;
  const words = search?.toLowerCase() ?? "";
  return ({ at, line }) => Date.parse(at) >= fromMs && line.toLowerCase().includes(words);
}

/** Ends only by a throw: the signal's reason, or what the server refuses for good. */
async function followLogs(
  context: Context,
  read: Read,
  first: Page,
  wanted: (line: Line) => boolean,
  pollMs: number,
): Promise<number> {
  const { output, clock } = context;
  const signal = followSignal(context);
  let { container, last } = first;
  let failingSinceMs: number | null = null;
  let isFull = false;
  print(context, first, container === null);
  for (;;) {
    if (!isFull) await pause(pollMs, signal);
    signal.throwIfAborted();
    try {
      const more = await read({ tail: tailMax, after: last }, signal);
      failingSinceMs = null;
      if (more.container !== container && more.container !== null) {
        output.say(`From here on: container ${logLine(more.container)}`);
        container = more.container;
      }
      print(context, { ...more, lines: more.lines.filter(wanted) }, more.container === null);
      ({ last, isFull } = more);
    } catch (error) {
      signal.throwIfAborted();
      failingSinceMs ??= clock.nowMs();
      if (!isPassing(error) || clock.nowMs() - failingSinceMs >= patienceMs) throw error;
      isFull = false;
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof AppError && errorCodes[error.code].retryable;

/** A line each, on stdout; with `--json` an object each. */
function print({ output, flags }: Context, { lines }: Page, isNamed: boolean): void {
  for (const { id, at, line, container } of lines) {
    if (output.json) output.object("log", { id, at, container, line });
    else {
      const time = output.style.colors.dim(clockText(Date.parse(at), flags.utc));
      // Several containers may work on one document.
      const who = isNamed && container !== null ? ` ${container.split(".")[0]}` : "";
      output.data(`${time}${who} ${logLine(line)}`);
    }
  }
}
