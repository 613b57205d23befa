import { AppError } from "../../errors/app-error.ts";
import type { Api } from "../api-client.ts";
import { type Context, followSignal, runningApi } from "../context.ts";
import { documentEntries, type Entry, endedOf, fetchResults, followAll } from "../entries.ts";
import { exitCodeOf, exitCodeOfStates } from "../exit-codes.ts";
import { Interrupted } from "../interrupt.ts";
import { startLimit } from "../limit.ts";
import { createProgress } from "../progress/create.ts";
import { objectOf } from "../report/sent.ts";
import { summaryOf, totalOf } from "../report/summary.ts";

export interface WatchOptions {
  readonly timeout?: string | undefined;
}

/** A server that restarts is waited for. */
const patienceMs = 30_000;

/** Follows documents to their end. Ctrl-C detaches; the work goes on. */
export async function watch(
  context: Context,
  ids: readonly string[],
  options: WatchOptions,
): Promise<number> {
  const api = await runningApi(context);
  const entries = await documentEntries(api, ids, context.interrupt.signal);
  return watchEntries(context, api, entries, options);
}

/** The same for documents that were just sent. */
export async function watchEntries(
  context: Context,
  api: Api,
  entries: Entry[],
  options: WatchOptions,
): Promise<number> {
  const limit = startLimit(followSignal(context), options.timeout);
  const progress = createProgress(context);
  try {
    await followAll(context, api, entries, progress, { signal: limit.signal, patienceMs });
    await fetchResults(api, entries, limit.signal);
  } catch (error) {
    progress.end();
    if (error instanceof Interrupted) {
      // Whoever reads JSON gets one object all the same.
      if (context.output.json) report(context, api, entries);
      sayDetached(context, entries);
      return exitCodeOf(error);
    }
    if (!(error instanceof AppError) || error.code !== "WAIT_TIMEOUT") throw error;
    await fetchResults(api, entries, context.interrupt.signal);
  } finally {
    progress.end();
    limit.clear();
  }
  return report(context, api, entries);
}

function report({ output }: Context, api: Api, entries: readonly Entry[]): number {
  const ended = entries.map((entry) => {
    const id = entry.document?.id;
    return endedOf(entry, id === undefined ? null : `${api.url}/documents/${id}`);
  });
  if (output.json) {
    const refused = entries.filter(({ refusal }) => refusal !== null).map(objectOf);
    const documents = entries.flatMap(({ document }) => document ?? []);
    output.object("documents", { documents, refused });
  } else {
    output.data(ended.map((document) => summaryOf(document, output.style)).join("\n"));
    if (ended.length > 1) output.data(`\n${totalOf(ended)}`);
  }
  return exitCodeOfStates(ended.map(({ state }) => state));
}

function sayDetached({ output }: Context, entries: readonly Entry[]): void {
  const ids = entries.flatMap(({ document }) => document?.id ?? []);
  output.say(
    `Still running. Re-attach: pilotlight watch ${ids.join(" ")}. Cancel: pilotlight cancel ${ids[0] ?? ""}.`,
  );
}
