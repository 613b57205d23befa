import { percentile } from "../../core/pipeline/estimate.ts";
import type { Stage } from "../model.ts";
import { productionLooks } from "../stages.ts";
import type { Recording } from "./recording.ts";

/**
 * The stage as it was where the recording was made: containers need as long to end as the recorded ones of their
 * pool did, and the scaler makes its round and hears of a change as late as it did (medians).
 */
export function recordedStage(stage: Stage, recording: Recording): Stage {
  const { replicas } = recording;
  const containers = Object.entries(stage.containers).map(([pool, shape]) => {
    const stops = replicas.flatMap((one) =>
      one.pool === pool && one.stoppedMs !== null ? [one.endMs - one.stoppedMs] : [],
    );
    const stopMs = percentile(stops, 0.5);
    return [pool, stopMs === null ? shape : { ...shape, stopMs: Math.round(stopMs) }] as const;
  });
  const delayMs = Math.round(wakeMs(recording, stage));
  return {
    ...stage,
    containers: Object.fromEntries(containers),
    looks: { ...productionLooks, delayMs },
  };
}

/** From an upload to the request that it led to, where none of the first pool's containers was there. */
function wakeMs({ documents, replicas }: Recording, { graph, visual, containers }: Stage): number {
  const name = graph.pools[visual] ?? "";
  const pool = name in containers ? name : "shared";
  const own = replicas.filter((one) => one.pool === pool);
  const lags = own.flatMap(({ requestedMs }) => {
    const isAlone = !own.some((one) => one.requestedMs < requestedMs && one.endMs > requestedMs);
    const cause = documents.findLast(({ arrivalMs }) => arrivalMs <= requestedMs);
    return isAlone && cause !== undefined ? [requestedMs - cause.arrivalMs] : [];
  });
  return percentile(lags, 0.5) ?? 0;
}
