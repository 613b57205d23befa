import type { BatchDetail, BatchSummary } from "../../contract/batches.ts";
import type { PipelineState } from "../../core/pipeline/life-cycle.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Api } from "../api-client.ts";
import { type Context, followSignal, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import type { Entry } from "../entries.ts";
import { exitCodeOf, exitCodeOfStates, exitCodes } from "../exit-codes.ts";
import { followBatch, isBatchOver } from "../follow-batch.ts";
import { Interrupted } from "../interrupt.ts";
import { startLimit } from "../limit.ts";
import { eventsWriter } from "../progress/create.ts";
import { progressModeOf } from "../progress/progress.ts";
import { batchListText, batchText } from "../report/batch.ts";
import { lineOf, objectOf } from "../report/sent.ts";
import { clockText, oneLine, plural } from "../text.ts";

export interface WaitOptions {
  readonly wait?: boolean | undefined;
  readonly timeout?: string | undefined;
}

/** A server that restarts is waited for. */
const patienceMs = 30_000;
const limitMax = 10_000;
const pageMax = 100;

/** Batches, newest first. An empty list is no failure. */
export async function batchLs(context: Context, options: { limit: string }): Promise<number> {
  const { output, interrupt, flags } = context;
  const limit = countOption("limit", options.limit, limitMax);
  const api = await runningApi(context);
  const batches: BatchSummary[] = [];
  let cursor: string | undefined;
  do {
    const query = { cursor, limit: Math.min(pageMax, limit - batches.length) };
    const page = await api.batches.list(query, interrupt.signal);
    batches.push(...page.batches);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && batches.length < limit);
  if (output.json) output.object("batches", { batches, nextCursor: cursor ?? null });
  else if (batches.length === 0) output.say("No batches.");
  else {
    const width = output.stdoutIsTty ? output.size().columns : null;
    output.data(batchListText(batches, output.style, { utc: flags.utc, width }));
  }
  return exitCodes.ok;
}

/** One look at a batch, or with `--wait` all of them until it has ended. */
export async function batchStatus(
  context: Context,
  id: string,
  options: WaitOptions,
): Promise<number> {
  const api = await runningApi(context);
  if (options.wait) return watchBatch(context, api, id, options);
  const batch = await api.batches.get(id, context.interrupt.signal);
  report(context, batch);
  return isBatchOver(batch) ? exitCodeOfBatch(batch) : exitCodes.ok;
}

/** Cancels what is open; what is finished is kept. */
export async function batchCancel(context: Context, id: string): Promise<number> {
  const { output, interrupt } = context;
  const api = await runningApi(context);
  const { batch, changed } = await api.batches.cancel(id, interrupt.signal);
  if (output.json) output.object("batch", { ...batch, changed });
  else output.data(`${id}  ${oneLine(batch.name)}: ${plural(changed, "document")} cancelled.`);
  return exitCodes.ok;
}

/** Tries again what failed or was cancelled. */
export async function batchRetry(context: Context, id: string): Promise<number> {
  const { output, interrupt } = context;
  const api = await runningApi(context);
  const { batch, changed } = await api.batches.retry(id, interrupt.signal);
  if (output.json) output.object("batch", { ...batch, changed });
  else output.data(`${id}  ${oneLine(batch.name)}: ${plural(changed, "document")} opened again.`);
  output.say(`Follow it: pilotlight batch status ${id} --wait`);
  return exitCodes.ok;
}

/**
 * Follows a batch to its end. Ctrl-C detaches; the work goes on.
 * @param options with the files that were to join it and were refused, where they were just sent
 */
export async function watchBatch(
  context: Context,
  api: Api,
  id: string,
  options: Omit<WaitOptions, "wait"> & { readonly refused?: readonly Entry[] },
): Promise<number> {
  const { output, clock } = context;
  const { refused } = options;
  // At once; for people on stdout, so that they are told also when nothing else is.
  for (const entry of refused ?? []) (output.json ? output.say : output.data)(lineOf(entry));
  const limit = startLimit(followSignal(context), options.timeout);
  let last: BatchDetail | null = null;
  const show = lineWriter(context);
  const onUpdate = (batch: BatchDetail): void => {
    last = batch;
    show(batch);
  };
  try {
    const batch = await followBatch({
      ...{ api, clock, id, patienceMs, onUpdate },
      signal: limit.signal,
    });
    report(context, batch, refused);
    return exitCodeOfBatch(batch);
  } catch (error) {
    const isLate = error instanceof AppError && error.code === "WAIT_TIMEOUT";
    if (!isLate && !(error instanceof Interrupted)) throw error;
    // Whoever reads JSON gets one object, also after Ctrl-C.
    if ((isLate || output.json) && last !== null) report(context, last, refused);
    output.say(`Still running. Re-attach: pilotlight batch status ${id} --wait`);
    return exitCodeOf(error);
  } finally {
    limit.clear();
  }
}

function report(
  { output, flags }: Context,
  batch: BatchDetail,
  refused: readonly Entry[] | undefined = undefined,
): void {
  const more = refused === undefined ? {} : { refused: refused.map(objectOf) };
  if (output.json) output.object("batch", { ...batch, ...more });
  else output.data(batchText(batch, output.style, flags.utc));
}

/** One line each time the percent or the counts have changed, and one in the file of events. */
function lineWriter(context: Context): (batch: BatchDetail) => void {
  const { output, flags, env, clock } = context;
  const facts = { wanted: flags.progress, quiet: output.quiet, isTty: output.stderrIsTty, env };
  const mode = progressModeOf(facts);
  const append = eventsWriter(context);
  let seen = "";
  return (batch) => {
    const { id, percent, status, counts } = batch;
    const line = `${id} ${percent}% ${status.sentence}`;
    if (line === seen) return;
    seen = line;
    const nowMs = clock.nowMs();
    const at = new Date(nowMs).toISOString();
    const fields = { v: 1, type: "progress", at, batch: id, percent, status, counts };
    const object = `${JSON.stringify(fields)}\n`;
    append?.(object);
    if (mode === "json") output.raw(object);
    else if (mode !== "quiet") output.say(`${clockText(nowMs, flags.utc)} ${line}`);
  };
}

/** The gravest of its documents. */
function exitCodeOfBatch({ counts }: BatchDetail): number {
  const states = Object.entries(counts).filter(([, count]) => count > 0);
  return exitCodeOfStates(states.map(([state]) => state as PipelineState));
}
