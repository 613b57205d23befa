import type { ScalingSettings } from "../core/autoscaler/settings.ts";
import { sharedScaling, type Topology } from "../core/autoscaler/topology.ts";
import { compileGraph, type TaskShape } from "../core/pipeline/graph.ts";
import type { RetryPolicy } from "../core/pipeline/retry.ts";
import type { ContainerShape, LookPace, Stage } from "./model.ts";

export const visualTask = "visual_analysis";

const task = (
  name: string,
  layer: number,
  weight: number,
  pool: string,
  after: string | null,
): TaskShape => ({ name, layer, weight, pool, after });

/** The built-in pipeline, as `packs/pitch-deck/pack.yaml` declares it; a test holds the two equal. */
export const pitchDeckGraph = compileGraph([
  task(visualTask, 1, 20, "vision", null),
  task("slide_feedback", 2, 20, "vision", null),
  task("extractions_and_template", 3, 30, "text", visualTask),
  task("specialized_clinical", 4, 10, "text", "extractions_and_template"),
  task("specialized_regulatory", 4, 10, "text", "extractions_and_template"),
  task("specialized_science", 4, 10, "text", "extractions_and_template"),
]);

/** Limits of every task of the pack, and the installation's defaults. */
const retryOf = (roundDelayMs: number): RetryPolicy => ({
  attemptsMax: 3,
  lostMax: 5,
  backoffMs: 2000,
  roundsExtra: 1,
  roundDelayMs,
  backoffMaxMs: 60_000,
});

/** What a container needs to end once it is told to, when it is idle: its supervisor ends the engine. */
const stopMs = 1000;

/**
 * The scaler's round as the product makes it: its shortest pause, and the default of `timings.scalerMs`. How
 * late it hears of a change is a matter of the machine.
 */
export const productionLooks: LookPace = { pauseMs: 250, everyMs: 1000, delayMs: 0 };

/** The pitch deck's pipeline on the containers that these settings describe. */
export function pitchDeckStage(scaling: ScalingSettings, topology: Topology): Stage {
  const shape = ({ slots }: { readonly slots: number }): ContainerShape => ({
    slots,
    pipelinesMax: scaling.maxConcurrentPipelines,
    stopMs,
  });
  return {
    graph: pitchDeckGraph,
    visual: pitchDeckGraph.names.indexOf(visualTask),
    eachSlide: [0, 1],
    retry: pitchDeckGraph.names.map(() => retryOf(scaling.failureRetryDelayMs)),
    topology,
    containers:
      topology === "shared"
        ? { shared: shape(sharedScaling(scaling)) }
        : { vision: shape(scaling.vision), text: shape(scaling.text) },
  };
}
