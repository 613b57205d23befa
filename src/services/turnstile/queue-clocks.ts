import { virtualMsOf } from "../../core/pipeline/order.ts";
import { writeQueueClocks } from "../../db/queue-clocks.ts";
import type { GrantedLease, Turned } from "../../db/turn.ts";
import type { ServiceContext } from "../context.ts";
import type { KnownPipeline } from "./facts-cache.ts";

/** Tells submissions how far each class has come, so that a workspace's share begins there. */
export interface QueueClocks {
  note(
    leases: readonly GrantedLease[],
    facts: ReadonlyMap<number, KnownPipeline>,
    seen: Turned["seen"],
  ): void;
  /** Writes what has changed, at most once in a while. */
  flush(): Promise<void>;
}

const everyMs = 1000;

interface Reading {
  readonly virtualMs: number;
  readonly isDrained: boolean;
}

export function createQueueClocks(context: ServiceContext): QueueClocks {
  const changed = new Map<number, Reading>();
  /** By class: the virtual time handed out since it was last said to be drained. */
  const used = new Map<number, number>();
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    note(leases, facts, seen) {
      for (const { classId, pipelineId } of leases) {
        const known = facts.get(pipelineId);
        if (!known) continue;
        const own = virtualMsOf(known.facts.rank, known.facts.priority);
        const virtualMs = Math.max(used.get(classId) ?? own, own);
        used.set(classId, virtualMs);
        changed.set(classId, { virtualMs, isDrained: false });
      }
      for (const { classId, isDrained } of seen) {
        const virtualMs = used.get(classId);
        if (!isDrained || virtualMs === undefined) continue;
        used.delete(classId);
        changed.set(classId, { virtualMs, isDrained: true });
      }
    },
    async flush() {
      const nowMs = context.clock.nowMs();
      if (changed.size === 0 || nowMs - writtenAtMs < everyMs) return;
      writtenAtMs = nowMs;
      const readings = [...changed].map(([classId, reading]) => ({ classId, ...reading }));
      changed.clear();
      await writeQueueClocks(context.sql, readings);
    },
  };
}
