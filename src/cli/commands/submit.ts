import { AppError } from "../../errors/app-error.ts";
import { failureView } from "../../services/views.ts";
import type { Api } from "../api-client.ts";
import { type Context, runningApi } from "../context.ts";
import { type Entry, fileEntries, sendAll } from "../entries.ts";
import { exitCodes } from "../exit-codes.ts";
import { packWish } from "../pack-folder.ts";
import { type PlannedFile, planFile } from "../plan-files.ts";
import { oneLine, plural } from "../text.ts";
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
  const { output, interrupt } = context;
  const wishes = { ...packWish(options.pack), password: options.password };
  const entries = keyed(fileEntries(context, files, wishes), options.idempotencyKey);
  const api = await runningApi(context);
  if (options.dryRun) return dryRun(context, api, entries);
  await sendAll(context, api, entries, silent, interrupt.signal);
  if (options.wait) return watchEntries(context, api, entries, options);
  const batches = [...new Set(entries.flatMap(({ plan }) => plan?.id ?? []))];
  if (output.json) output.object("submitted", { batches, documents: entries.map(objectOf) });
  else output.data(entries.map(lineOf).join("\n"));
  for (const id of batches) output.say(`All together: pilotlight batch status ${id}`);
  const isRefused = entries.some(({ refusal }) => refusal !== null);
  return isRefused ? exitCodes.failed : exitCodes.ok;
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

export function lineOf({
  name,
  document,
  refusal,
}: Pick<Entry, "name" | "document" | "refusal">): string {
  if (document !== null) {
    return `${document.id}  ${oneLine(name)}, ${plural(document.pages, "slide")}`;
  }
  const view = refusal === null ? null : failureView(refusal);
  const why = [view?.title, view?.detail, view?.next].filter(Boolean).join(" ");
  return `refused  ${oneLine(name)}: ${why} [${view?.code}]`;
}

export const objectOf = ({ name, document, refusal }: Entry): object => ({
  name,
  document: document?.id ?? null,
  pipeline: document?.pipeline.id ?? null,
  error: refusal === null ? null : failureView(refusal),
});
