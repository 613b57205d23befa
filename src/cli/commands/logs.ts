import type { LogsAnswer } from "../../contract/fleet.ts";
import { AppError } from "../../errors/app-error.ts";
import { errorCodes } from "../../errors/codes.ts";
import { pause } from "../../worker/signals.ts";
import type { Api } from "../api-client.ts";
import { type Context, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { clockText, logLine } from "../text.ts";

export interface LogsOptions {
  readonly tail: string;
  readonly follow?: boolean | undefined;
}

const tailMax = 1_000;
/** A server that restarts is waited for. */
const patienceMs = 30_000;

/**
 * The last lines of a replica's container. With `--follow` it stays until Ctrl-C, and a container
 * that takes the place of another is followed too.
 */
export async function logs(
  context: Context,
  replica: string,
  { tail, follow = false }: LogsOptions,
  pollMs = 1_000,
): Promise<number> {
  const { output, interrupt } = context;
  const count = countOption("tail", tail, tailMax);
  const api = await runningApi(context);
  const answer = await api.fleet.logs(replica, { tail: count }, interrupt.signal);
  if (follow) return followLogs(context, api, replica, answer, pollMs);
  if (output.json) output.object("logs", answer);
  else if (answer.lines.length === 0) output.say(`Nothing was heard of ${replica} yet.`);
  else print(context, answer);
  return exitCodes.ok;
}

/** Ends only by a throw: the signal's reason, or what the server refuses for good. */
async function followLogs(
  context: Context,
  api: Api,
  replica: string,
  first: LogsAnswer,
  pollMs: number,
): Promise<number> {
  const { output, interrupt, clock } = context;
  const { signal } = interrupt;
  let { container } = first;
  let last = first.lines.at(-1)?.id ?? 0;
  let failingSinceMs: number | null = null;
  let isFull = false;
  print(context, first);
  for (;;) {
    if (!isFull) await pause(pollMs, signal);
    signal.throwIfAborted();
    try {
      const more = await api.fleet.logs(replica, { tail: tailMax, after: last }, signal);
      failingSinceMs = null;
      if (more.container !== container && more.container !== null) {
        output.say(`From here on: container ${logLine(more.container)}`);
        container = more.container;
      }
      print(context, more);
      last = more.lines.at(-1)?.id ?? last;
      isFull = more.lines.length >= tailMax;
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
function print({ output, flags }: Context, { container, lines }: LogsAnswer): void {
  for (const { id, at, line } of lines) {
    if (output.json) output.object("log", { id, at, container, line });
    else {
      const time = output.style.colors.dim(clockText(Date.parse(at), flags.utc));
      output.data(`${time} ${logLine(line)}`);
    }
  }
}
