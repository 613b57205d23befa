import { haveMoved, weightSamplesMin } from "../core/pipeline/weights.ts";
import { readPacksInUse, readUnitSeconds, saveUnitSeconds } from "../db/learned.ts";
import type { ServiceContext } from "./context.ts";
import { createDurations } from "./durations.ts";

/**
 * Notes how long tasks of the packs in use take, with the engine that spoke last, as weights of bars that begin
 * from now on: where every task was measured often enough, and something has moved. Answers how many packs.
 */
export async function noteWeights(context: ServiceContext): Promise<number> {
  const durations = createDurations(context);
  let noted = 0;
  for (const { id, tasks, pools } of await readPacksInUse(context.sql)) {
    const named = tasks.map((task, index) => ({ task, pool: pools[index] ?? "" }));
    const learned = (await durations.ofTasks(named, 1)).flatMap((one) => one ?? []);
    // What did not apply was seen as well: it has no time, and stands in the way of nobody's weight.
    const n = Math.min(...learned.map((one) => one.n + (one.skipped ?? 0)));
    if (learned.length < tasks.length || n < weightSamplesMin) continue;
    const seconds = learned.map(({ p50Seconds }) => p50Seconds);
    const before = await readUnitSeconds(context.sql, id);
    if (before !== null && !haveMoved(before, seconds)) continue;
    await saveUnitSeconds(context.sql, { pack: id, seconds, n });
    noted += 1;
  }
  return noted;
}
