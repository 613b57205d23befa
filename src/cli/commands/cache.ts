import type { VisualCacheStats } from "../../contract/visual-cache.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

/** What is kept of visual results. */
export async function cacheStats(context: Context): Promise<number> {
  const { output, interrupt } = context;
  const stats = await (await runningApi(context)).cache.stats(interrupt.signal);
  if (output.json) output.object("cache", stats);
  else output.data(statsText(stats));
  return exitCodes.ok;
}

/** Forgets one document, or with `--all` every one of the workspace. */
export async function cacheClear(
  context: Context,
  document: string | undefined,
  { all }: { readonly all?: boolean | undefined },
): Promise<number> {
  if ((document === undefined) === (all !== true)) {
    throw new AppError("USAGE", "Name one document, or give --all.");
  }
  const { output, interrupt } = context;
  const api = await runningApi(context);
  const cleared = await api.cache.clear(document ?? null, interrupt.signal);
  if (output.json) output.object("cache", cleared);
  else output.data(`${cleared.removed} forgotten`);
  return exitCodes.ok;
}

const where: Readonly<Record<VisualCacheStats["kind"], string>> = {
  postgres: "in the database",
  redis: "on the Redis at VISUAL_CACHE_URL",
  off: "nowhere: visualCache.enabled is false",
};

function statsText(stats: VisualCacheStats): string {
  const state = stats.ok ? "" : `\nIt does not answer: ${stats.detail ?? "no reason was given"}`;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    `Visual results are kept ${where[stats.kind]}.`,
    `${stats.entries} kept, ${megabytes(stats.bytes)} of ${megabytes(stats.bytesMax)}; unused ones for ${stats.days} days.${state}`,
  ].join("\n");
}
