import type { Sql } from "../db/connect.ts";
import {
  deleteOldDefaults,
  dropPartition,
  ensurePartitions,
  readOldPartitions,
  readUnrolledDays,
  rollDay,
} from "../db/history.ts";
import { type Alone, runAlone } from "../db/only-one.ts";
import { dropLeftovers, isBloated, readLargeIndexes, reindex } from "../db/reindex.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";
import { sweepFiles, sweepTemporary } from "./file-sweep.ts";
import { noteWeights } from "./learned-weights.ts";
import { trimPages } from "./page-store.ts";
import type { VacuumWatch } from "./vacuum-watch.ts";

export interface JanitorOptions {
  readonly everyMs: number;
  /** Pause between two rounds of the heavy jobs. Default an hour. */
  readonly heavyMs?: number;
  readonly historyDays: number;
  readonly indexBloatMax: number;
  readonly pagesBytesMax: number;
  readonly installation: string;
  /** Where uploads and drawings lie while they are worked on. */
  readonly tempDir: string;
  /** Smaller indexes are not worth the work. Default 16 MiB. */
  readonly indexBytesMin?: number;
  readonly watch: VacuumWatch;
}

export interface Janitor extends Service {
  /** One round; false when another control plane is at it. */
  tick(): Promise<boolean>;
}

/** Rows of the default partitions deleted in one statement. */
const deletesMax = 5000;

/**
 * Keeps house, one control plane at a time: partitions ahead, totals of days that are over, history
 * dropped, indexes built anew, and a warning when something holds back vacuum.
 */
export function createJanitor(context: ServiceContext, options: JanitorOptions): Janitor {
  const { heavyMs = 3_600_000 } = options;
  let heavyAtMs = Number.NEGATIVE_INFINITY;
  let isStopping = false;
  let current: Alone | undefined;
  const attempt = async (what: string, job: () => Promise<unknown>): Promise<void> => {
    if (isStopping) return;
    // One job that fails must not stand before the others; it is tried again in the next round.
    await job().catch((error) => context.log.error({ err: error, what }, "housekeeping failed"));
  };
  const round = async (alone: Alone): Promise<void> => {
    current = alone;
    const { own } = alone;
    await attempt("partitions", () => ensurePartitions(context.sql));
    let isHeld = true;
    await attempt("vacuum", async () => {
      isHeld = await options.watch.warn();
    });
    const nowMs = context.clock.nowMs();
    if (nowMs - heavyAtMs < heavyMs) return;
    heavyAtMs = nowMs;
    await attempt("weights", () => noteWeights(context));
    await attempt("totals", () => rollDays(own));
    await attempt("history", () => dropHistory(context, own, options.historyDays));
    await attempt("files", () => sweepFiles(context, options.installation));
    await attempt("temporary files", () => sweepTemporary(context, options.tempDir));
    await attempt("pages", () => trimPages(context, options.pagesBytesMax));
    // Building anew waits for whoever holds an old snapshot.
    if (!isHeld) await attempt("indexes", () => rebuildIndexes(context, own, options));
  };
  const tick = () =>
    runAlone(context.sql, round).finally(() => {
      current = undefined;
    });
  const service = loop({
    name: "janitor",
    everyMs: options.everyMs,
    tick,
    onError: (error) => context.log.error({ err: error }, "the janitor's tick failed"),
  });
  return {
    ...service,
    tick,
    async start() {
      isStopping = false;
      await service.start();
    },
    async stop() {
      // What may take minutes is not waited for; it is done again another time.
      isStopping = true;
      await current?.cancel();
      await service.stop();
    },
  };
}

async function rollDays(own: Sql): Promise<void> {
  for (const day of await readUnrolledDays(own)) await rollDay(own, day);
}

async function dropHistory(context: ServiceContext, own: Sql, days: number): Promise<void> {
  for (const name of await readOldPartitions(own, days)) {
    await dropPartition(context.sql, name);
    context.log.info({ partition: name }, "history dropped");
  }
  while ((await deleteOldDefaults(own, days, deletesMax)) > 0);
}

/** One after the other, largest first. */
async function rebuildIndexes(
  context: ServiceContext,
  own: Sql,
  { indexBloatMax, indexBytesMin = 16 * 1024 * 1024 }: JanitorOptions,
): Promise<void> {
  for (const name of await dropLeftovers(own)) {
    context.log.info({ index: name }, "an unfinished index was removed");
  }
  for (const index of await readLargeIndexes(own, indexBytesMin)) {
    if (!(await isBloated(own, index, indexBloatMax))) continue;
    await reindex(own, index.name);
    context.log.info({ index: index.name, bytes: index.bytes }, "index built anew");
  }
}
