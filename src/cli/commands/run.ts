import type { AppError } from "../../errors/app-error.ts";
import type { Context } from "../context.ts";
import {
  type Entry,
  endedOf,
  fetchResults,
  fileEntries,
  followAll,
  reportOf,
  sendAll,
} from "../entries.ts";
import { exitCodeOf, exitCodeOfStates } from "../exit-codes.ts";
import { Interrupted } from "../interrupt.ts";
import { startLimit } from "../limit.ts";
import { packWish } from "../pack-folder.ts";
import { createProgress } from "../progress/create.ts";
import type { Progress } from "../progress/progress.ts";
import { summaryOf, totalOf } from "../report/summary.ts";
import { isServerGone, openSession, type Session } from "../session.ts";

export interface RunOptions {
  readonly timeout?: string | undefined;
  readonly pack?: string | undefined;
  readonly password?: string | undefined;
}

/** How often a server that goes away is replaced before that counts as the failure it is. */
const renewalsMax = 5;
/** A server of this machine that goes away does not come back: another one is started soon. */
const patienceMs = 1_500;

/** Files in, results out: with the stack that runs here, or with one of its own. */
export async function run(
  context: Context,
  files: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { output, interrupt } = context;
  const limit = startLimit(interrupt.signal, options.timeout);
  const wishes = { ...packWish(options.pack), password: options.password };
  const entries = fileEntries(context, files, wishes);
  const onStop = (): void => output.say("Stopping ...");
  interrupt.signal.addEventListener("abort", onStop, { once: true });
  let session: Session | null = null;
  try {
    session = await openSession(context, "run", limit.signal);
    const stopped = await workOff(context, session, entries, limit.signal);
    limit.clear();
    if (stopped !== null && !(stopped instanceof Interrupted)) {
      await fetchResults(session.api, entries, interrupt.signal);
    }
    return report(context, session, entries, stopped);
  } catch (error) {
    // Also when nothing had begun yet, whoever reads JSON gets one object.
    if (!isStop(error, limit.signal)) throw error;
    return report(context, session, entries, error);
  } finally {
    limit.clear();
    await session?.close();
    interrupt.signal.removeEventListener("abort", onStop);
  }
}

/** Whether the person, or what the signal was raised with (a time limit), stopped it. */
const isStop = (error: unknown, signal: AbortSignal): error is Interrupted | AppError =>
  error instanceof Interrupted || (signal.aborted && error === signal.reason);

/** Answers why it stopped early (a signal, the time limit), or null when everything has ended. */
async function workOff(
  context: Context,
  session: Session,
  entries: Entry[],
  signal: AbortSignal,
): Promise<Interrupted | AppError | null> {
  const progress = createProgress(context);
  try {
    await goOnUntilOver(context, session, entries, progress, signal);
    return null;
  } catch (error) {
    if (isStop(error, signal)) return error;
    throw error;
  } finally {
    progress.end();
  }
}

/** Each step knows what is done, so all of them are simply repeated with the next server. */
async function goOnUntilOver(
  context: Context,
  session: Session,
  entries: Entry[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (let renewals = 0; ; renewals += 1) {
    try {
      const { api } = session;
      await sendAll(context, api, entries, progress, signal);
      await followAll(context, api, entries, progress, { signal, patienceMs });
      await fetchResults(api, entries, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!isServerGone(error) || renewals >= renewalsMax) throw error;
      context.output.say("The Pilotlight in use has stopped; going on with another one.");
      await session.renew();
    }
  }
}

function report(
  context: Context,
  session: Session | null,
  entries: readonly Entry[],
  stopped: Interrupted | AppError | null,
): number {
  const { output } = context;
  const ended = entries.map((entry) => endedOf(entry));
  if (output.json) {
    output.object("run", reportOf(ended));
  } else if (!(stopped instanceof Interrupted)) {
    output.data(ended.map((document) => summaryOf(document, output.style)).join("\n"));
    if (ended.length > 1) output.data(`\n${totalOf(ended)}`);
  }
  if (stopped !== null && session !== null) sayWhatGoesOn(context, session, entries);
  return stopped instanceof Interrupted
    ? exitCodeOf(stopped)
    : exitCodeOfStates(ended.map(({ state }) => state));
}

function sayWhatGoesOn({ output }: Context, session: Session, entries: readonly Entry[]): void {
  const ids = entries.flatMap(({ document }) => document?.id ?? []).join(" ");
  if (ids === "") return;
  const next = `pilotlight watch ${ids}`;
  if (session.stack === null) output.say(`Still running. Re-attach: ${next}`);
  else output.say(`What is finished is kept; the rest goes on after: pilotlight up. Then: ${next}`);
}
