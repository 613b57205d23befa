import { AppError } from "../../errors/app-error.ts";
import { failureView } from "../../services/views.ts";
import type { Api } from "../api-client.ts";
import { type Context, runningApi } from "../context.ts";
import { type Entry, fileEntries, sendAll } from "../entries.ts";
import { exitCodeOf, exitCodes } from "../exit-codes.ts";
import { packWish } from "../pack-folder.ts";
import { type PlannedFile, planFile } from "../plan-files.ts";
import { lineOf, objectOf, stoppedObject } from "../report/sent.ts";
import { oneLine } from "../text.ts";
import { watchEntries } from "./watch.ts";

export interface SubmitOptions {
  readonly pack?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly timeout?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly password?: string | undefined;
}

const silent = { update() {}, end() {} };

/** Sends files to a running server; with `--wait` follows them too. */
export async function submit(
  context: Context,
  files: readonly string[],
  options: SubmitOptions,
): Promise<number> {
  const { interrupt } = context;
  const wishes = { ...packWish(options.pack), password: options.password };
  const entries = keyed(fileEntries(context, files, wishes), options.idempotencyKey);
  const api = await runningApi(context);
  if (options.dryRun) return dryRun(context, api, entries);
  try {
    await sendAll(context, api, entries, silent, interrupt.signal);
  } catch (error) {
    return tellStopped(context, entries, error);
  }
  if (options.wait) return watchEntries(context, api, entries, options);
  tell(context, entries, { documents: entries.map(objectOf) });
  const isRefused = entries.some(({ refusal }) => refusal !== null);
  return isRefused ? exitCodes.failed : exitCodes.ok;
}

function tell({ output }: Context, entries: readonly Entry[], object: object): void {
  const batches = batchesOf(entries);
  if (output.json) output.object("submitted", { batches, ...object });
  else output.data(entries.map(lineOf).join("\n"));
  for (const id of batches) output.say(`All together: pilotlight batch status ${id}`);
}

const batchesOf = (entries: readonly Entry[]): string[] => [
  ...new Set(entries.flatMap(({ plan }) => plan?.id ?? [])),
];

/** What was accepted is worked on, so it is told although the rest was not sent. Answers the exit code. */
function tellStopped(context: Context, entries: readonly Entry[], error: unknown): number {
  const isAny = entries.some(({ document }) => document !== null);
  if (!isAny && batchesOf(entries).length === 0) throw error;
  // One object with --json, which holds the error too.
  tell(context, entries, stoppedObject(entries, error));
  context.output.complain(error);
  return exitCodeOf(error);
}

/** What they would take: each for itself, as it is told before work begins. */
async function dryRun(
  { output, interrupt }: Context,
  api: Api,
  entries: readonly Entry[],
): Promise<number> {
  const files: PlannedFile[] = [];
  for (const entry of entries) files.push(await planFile(api, entry, interrupt.signal));
  if (output.json) {
    const objects = files.map(({ name, plan, refusal }) => ({
      ...{ name, plan, error: refusal === null ? null : failureView(refusal) },
    }));
    output.object("plan", { documents: objects });
  } else output.data(files.map(planLine).join("\n"));
  return files.some(({ refusal }) => refusal !== null) ? exitCodes.failed : exitCodes.ok;
}

function planLine({ name, plan, refusal }: PlannedFile): string {
  if (plan === null) return lineOf({ name, document: null, refusal });
  const { same } = plan;
  const known =
    same === null
      ? ""
      : `\n  known: ${same.document} of ${same.createdAt.slice(0, 10)}; submitted again it is run ${same.run + 1} of the same file`;
  return `${oneLine(name)}: ${plan.sentence}${known}`;
}

function keyed(entries: Entry[], key: string | undefined): Entry[] {
  if (key === undefined) return entries;
  if (entries.length > 1 || key.trim() === "") {
    throw new AppError("USAGE", "--idempotency-key names one file: send the files one by one");
  }
  return entries.map((entry) => ({ ...entry, idempotencyKey: key }));
}
