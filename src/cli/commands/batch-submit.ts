import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { BatchAccepted, BatchDetail, CreateBatchBody } from "../../contract/batches.ts";
import { AppError } from "../../errors/app-error.ts";
import { type BatchPlan, batchMax, batchName } from "../batch-plan.ts";
import { type Context, runningApi } from "../context.ts";
import { type Entry, fileEntry, sendAll, type Wishes } from "../entries.ts";
import { exitCodeOf, exitCodes } from "../exit-codes.ts";
import { type ManifestLine, readManifest } from "../manifest.ts";
import { lineOf, objectOf, stoppedObject } from "../report/sent.ts";
import { oneLine, plural } from "../text.ts";
import { type WaitOptions, watchBatch } from "./batch.ts";

export interface BatchSubmitOptions extends WaitOptions {
  readonly name?: string | undefined;
  readonly key?: string | undefined;
  readonly pack?: string | undefined;
  readonly priority?: string | undefined;
}

type Item = NonNullable<CreateBatchBody["documents"]>[number];

const silent = { update() {}, end() {} };
/** With a slash and a number behind it, it is still a key. */
const keyMax = 190;

/** Files to upload and documents by reference, as one batch. */
export async function batchSubmit(
  context: Context,
  words: readonly string[],
  options: BatchSubmitOptions,
): Promise<number> {
  const { output, interrupt } = context;
  const wishes = wishesOf(options);
  const lines = await linesOf(context, words);
  const plan: BatchPlan = {
    name: options.name ?? batchName(lines.flatMap(({ file }) => file ?? [])),
    key: options.key ?? randomUUID(),
    id: null,
  };
  const items = lines.flatMap(itemOf);
  const api = await runningApi(context);
  const body = { ...wishes, ...(items.length === 0 ? {} : { documents: items }) };
  const named = items.length > 0 && options.name === undefined ? {} : { name: plan.name };
  const made = await api.batches.create({ ...named, ...body }, plan.key, interrupt.signal);
  plan.id = made.batch.id;
  const entries = entriesOf(lines, plan, options.key, wishes);
  const sent: Sent = { made, entries, key: options.key };
  let batch: BatchDetail;
  try {
    await sendAll(context, api, entries, silent, interrupt.signal);
    batch = options.wait ? made.batch : await api.batches.get(plan.id, interrupt.signal);
  } catch (error) {
    return tellStopped(context, sent, error);
  }
  const refused = entries.filter(({ refusal }) => refusal !== null);
  if (options.wait) {
    const code = await watchBatch(context, api, plan.id, { ...options, refused });
    return refused.length > 0 && outweighed.includes(code) ? exitCodes.failed : code;
  }
  if (output.json) {
    const documents = [...made.documents, ...entries.map(objectOf)];
    output.object("submitted", { batch, documents });
  } else output.data([headOf(batch, batch.documents), ...refused.map(lineOf)].join("\n"));
  return refused.length > 0 ? exitCodes.failed : exitCodes.ok;
}

/** How the documents of a batch may have ended that a refused file outweighs. */
const outweighed: readonly number[] = [exitCodes.ok, exitCodes.gaps, exitCodes.timeout];

interface Sent {
  readonly made: BatchAccepted;
  readonly entries: readonly Entry[];
  readonly key: string | undefined;
}

const headOf = ({ id, name }: Pick<BatchDetail, "id" | "name">, documents: number): string =>
  `${id}  ${oneLine(name)}: ${plural(documents, "document")}`;

/** The batch is made and what it holds is worked on, so both are told although the rest was not sent. */
function tellStopped({ output }: Context, { made, entries, key }: Sent, error: unknown): number {
  const { batch } = made;
  const known = made.documents.length + entries.filter(({ document }) => document !== null).length;
  if (output.json) {
    const { documents, ...stopped } = stoppedObject(entries, error);
    output.object("submitted", { batch, documents: [...made.documents, ...documents], ...stopped });
  } else {
    const lines = entries.filter(({ document }) => document === null).map(lineOf);
    output.data([headOf(batch, Math.max(batch.documents, known)), ...lines].join("\n"));
  }
  output.say(`All together: pilotlight batch status ${batch.id}`);
  if (key !== undefined) output.say("The same command again sends only what is missing.");
  output.complain(error);
  return exitCodeOf(error);
}

function wishesOf({ pack, priority, key }: BatchSubmitOptions): Wishes {
  if (priority !== undefined && !/^\d$/.test(priority)) {
    throw new AppError("USAGE", "--priority must be a number from 0 to 9");
  }
  if (key !== undefined && (key.trim() === "" || key.length > keyMax)) {
    throw new AppError("USAGE", `--key must have 1 to ${keyMax} characters`);
  }
  return {
    ...(pack === undefined ? {} : { pack }),
    ...(priority === undefined ? {} : { priority: Number(priority) }),
  };
}

/** What the words name, in order: a manifest's lines stand where it is named. */
async function linesOf({ cwd }: Context, words: readonly string[]): Promise<ManifestLine[]> {
  const lines: ManifestLine[] = [];
  for (const word of words) {
    const path = resolve(cwd, word);
    if (word.endsWith(".jsonl")) lines.push(...(await readManifest(path)));
    else lines.push({ file: path });
  }
  if (lines.length === 0) throw new AppError("USAGE", "the manifest names no document");
  if (lines.length > batchMax) {
    throw new AppError("BATCH_TOO_LARGE", `These are ${lines.length}.`);
  }
  return lines;
}

function itemOf({ file: _file, ...item }: ManifestLine): Item[] {
  return item.sha256 === undefined && item.sourceUri === undefined ? [] : [item];
}

/** Files to upload. Under a batch's key each has a key by its place, so that a repeat sends none twice. */
const entriesOf = (
  lines: readonly ManifestLine[],
  plan: BatchPlan,
  key: string | undefined,
  wishes: Wishes,
): Entry[] =>
  lines.flatMap(({ file, name, key: own }, place) => {
    if (file === undefined) return [];
    const idempotencyKey = own ?? (key === undefined ? undefined : `${key}/${place + 1}`);
    return [
      fileEntry({
        ...{ key: place, path: file, plan, wishes },
        ...(name === undefined ? {} : { name }),
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      }),
    ];
  });
