import { percentile } from "../../core/pipeline/estimate.ts";
import type { Stage } from "../model.ts";
import type { Recording } from "./recording.ts";

/** The stage with containers that need as long to end as the recorded ones of their pool did: the median. */
export function recordedStage(stage: Stage, { replicas }: Recording): Stage {
  const containers = Object.entries(stage.containers).map(([pool, shape]) => {
    const stops = replicas.flatMap((one) =>
      one.pool === pool && one.stoppedMs !== null ? [one.endMs - one.stoppedMs] : [],
    );
    const stopMs = percentile(stops, 0.5);
    return [pool, stopMs === null ? shape : { ...shape, stopMs: Math.round(stopMs) }] as const;
  });
  return { ...stage, containers: Object.fromEntries(containers) };
}
