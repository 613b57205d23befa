import { virtualMsOf } from "../../core/pipeline/order.ts";
import type { PipelineFacts } from "../../db/leases.ts";
import { writeQueueClocks } from "../../db/queue-clocks.ts";
import type { GrantedLease, Turned } from "../../db/turn.ts";
import type { ServiceContext } from "../context.ts";

/** Tells submissions how far each class has come, so that a workspace's share begins there. */
export interface QueueClocks {
  note(
    leases: readonly GrantedLease[],
    facts: ReadonlyMap<number, PipelineFacts>,
    seen: Turned["seen"],
  ): void;
  /** Writes what has changed, at most once in a while. */
  flush(): Promise<void>;
}

const everyMs = 1000;

interface Reading {
  virtualMs: number | null;
  isDrained: boolean;
}

export function createQueueClocks(context: ServiceContext): QueueClocks {
  const changed = new Map<number, Reading>();
  /** Classes that something was handed out of since they were last said to be drained. */
  const used = new Set<number>();
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    note(leases, facts, seen) {
      for (const { classId, pipelineId } of leases) {
        const known = facts.get(pipelineId);
        if (!known) continue;
        used.add(classId);
        const virtualMs = virtualMsOf(known.rank, known.priority);
        const before = changed.get(classId)?.virtualMs ?? virtualMs;
        changed.set(classId, { virtualMs: Math.max(before, virtualMs), isDrained: false });
      }
      for (const { classId, isDrained } of seen) {
        if (!isDrained || !used.delete(classId)) continue;
        changed.set(classId, { virtualMs: null, isDrained: true });
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
