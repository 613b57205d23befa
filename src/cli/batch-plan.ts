import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Api } from "./api-client.ts";
import type { Entry } from "./entries.ts";
import { plural } from "./text.ts";

/** A batch that several files of one command will join. */
export interface BatchPlan {
  readonly name: string;
  /** The same at every try, so that a repeat makes no second batch. */
  readonly key: string;
  /** null until it is made. */
  id: string | null;
}

/** The server's limit. */
export const batchMax = 1000;

/** `decks, 12 files`, by the folder they lie in. @param paths absolute */
export function batchName(paths: readonly string[]): string {
  const [folder, ...others] = new Set(paths.map((path) => dirname(path)));
  const files = plural(paths.length, "file");
  const place = others.length === 0 ? basename(folder ?? "") : "";
  return place === "" ? files : `${place}, ${files}`;
}

/** Batches for these files, in order; one file alone needs none. @param paths absolute */
export function planBatches(paths: readonly string[]): (BatchPlan | null)[] {
  if (paths.length < 2) return paths.map(() => null);
  return Array.from({ length: Math.ceil(paths.length / batchMax) }, (_, part) => {
    const own = paths.slice(part * batchMax, (part + 1) * batchMax);
    const plan: BatchPlan = { name: batchName(own), key: randomUUID(), id: null };
    return own.map(() => plan);
  }).flat();
}

/** Makes the batches that are needed. Files that are not there make none, and one file needs none. */
export async function openBatches(
  api: Pick<Api, "batches">,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<void> {
  for (const plan of new Set(entries.map((entry) => entry.plan))) {
    if (plan === null || plan.id !== null) continue;
    const own = entries.filter((entry) => entry.plan === plan);
    const there = await Promise.all(own.map(({ path }) => stat(path ?? "").catch(() => null)));
    if (there.filter((facts) => facts !== null && !facts.isDirectory()).length < 2) continue;
    plan.id = (await api.batches.create({ name: plan.name }, plan.key, signal)).batch.id;
  }
}
