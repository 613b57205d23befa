import type { PhaseDeadlines } from "../fleet/deadlines.ts";
import { parseDuration } from "./duration.ts";

/**
 * The scaling block as people write it: its names and its durations (`300s`) are those of the
 * request, so that the block can be pasted. `scalingOf` turns it into numbers.
 */
export interface ScalingBlocks {
  readonly vision_container_scaling: {
    readonly min_replicas: number;
    readonly max_replicas: number;
    readonly scale_up_trigger: string;
    readonly scale_up_delay: string;
    readonly scale_down_trigger: string;
    readonly scale_down_delay: string;
    readonly startup_timeout: string;
    readonly parallel_tasks_per_replica: number;
  };
  readonly text_container_scaling: {
    readonly min_replicas: number;
    readonly max_replicas: number;
    readonly scale_up_trigger: string;
    readonly pre_warm_delay: string;
    readonly scale_down_trigger: string;
    readonly scale_down_delay: string;
    readonly startup_timeout: string;
    readonly sequential_then_parallel: boolean;
  };
  readonly pipeline_coordination: {
    readonly max_concurrent_pipelines_per_container: number;
    readonly vision_to_text_handoff_timeout: string;
    readonly pipeline_failure_retry_delay: string;
    readonly cross_container_communication_timeout: string;
  };
}

/** The defaults of the request, key by key. */
export const scalingDefaults: ScalingBlocks = {
  vision_container_scaling: {
    min_replicas: 0,
    max_replicas: 2,
    scale_up_trigger: "document_uploaded",
    scale_up_delay: "0s",
    scale_down_trigger: "no_vision_tasks_in_pipeline",
    scale_down_delay: "300s",
    startup_timeout: "180s",
    parallel_tasks_per_replica: 2,
  },
  text_container_scaling: {
    min_replicas: 0,
    max_replicas: 3,
    scale_up_trigger: "vision_analysis_80_percent_complete",
    pre_warm_delay: "30s",
    scale_down_trigger: "no_text_tasks_in_pipeline",
    scale_down_delay: "600s",
    startup_timeout: "240s",
    sequential_then_parallel: true,
  },
  pipeline_coordination: {
    max_concurrent_pipelines_per_container: 3,
    vision_to_text_handoff_timeout: "30s",
    pipeline_failure_retry_delay: "120s",
    cross_container_communication_timeout: "15s",
  },
};

/**
 * What the `demo` profile changes: a person sees both pools go up and down again within a minute.
 * A local container starts in about two seconds, so a longer pre-warm would hide the 80 % trigger.
 */
export const demoScaling = {
  vision_container_scaling: { scale_down_delay: "8s", startup_timeout: "60s" },
  text_container_scaling: {
    pre_warm_delay: "2s",
    scale_down_delay: "12s",
    startup_timeout: "60s",
  },
  pipeline_coordination: { pipeline_failure_retry_delay: "5s" },
} as const;

export interface PoolScaling {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /**
   * When the first replica starts: share of `visual_analysis` that must be done, 0..1.
   * 0 means at upload.
   */
  readonly startAtFraction: number;
  readonly scaleUpDelayMs: number;
  /** Start this long before visual analysis is expected to end; null where nothing is awaited. */
  readonly preWarmDelayMs: number | null;
  readonly scaleDownDelayMs: number;
  readonly startupTimeoutMs: number;
  /** How long each phase of a start may last; absent: the whole alone counts. */
  readonly phaseDeadlines?: PhaseDeadlines;
  /** Tasks that a container of this pool works on at once. */
  readonly slots: number;
}

export interface ScalingSettings {
  readonly vision: PoolScaling;
  readonly text: PoolScaling;
  readonly maxConcurrentPipelines: number;
  readonly handoffTimeoutMs: number;
  readonly failureRetryDelayMs: number;
  readonly communicationTimeoutMs: number;
}

/** Extractions first, then the three specialised tasks side by side. */
const specialisedTasks = 3;

/** The share of visual analysis a `scale_up_trigger` names, or null for an unknown trigger. */
export function triggerFraction(trigger: string): number | null {
  if (trigger === "document_uploaded") return 0;
  const percent = /^vision_analysis_(\d{1,3})_percent_complete$/.exec(trigger)?.[1];
  if (percent === undefined || Number(percent) > 100) return null;
  return Number(percent) / 100;
}

function ms(text: string): number {
  const value = parseDuration(text);
  if (value === null) throw new TypeError(`Not a duration: ${text}`);
  return value;
}

function fraction(trigger: string): number {
  const value = triggerFraction(trigger);
  if (value === null) throw new TypeError(`Not a trigger: ${trigger}`);
  return value;
}

/**
 * The block in numbers. The block must have been checked: a text that is no duration or trigger
 * throws a TypeError.
 */
export function scalingOf(blocks: ScalingBlocks): ScalingSettings {
  const vision = blocks.vision_container_scaling;
  const text = blocks.text_container_scaling;
  const coordination = blocks.pipeline_coordination;
  return {
    vision: {
      minReplicas: vision.min_replicas,
      maxReplicas: vision.max_replicas,
      startAtFraction: fraction(vision.scale_up_trigger),
      scaleUpDelayMs: ms(vision.scale_up_delay),
      preWarmDelayMs: null,
      scaleDownDelayMs: ms(vision.scale_down_delay),
      startupTimeoutMs: ms(vision.startup_timeout),
      slots: vision.parallel_tasks_per_replica,
    },
    text: {
      minReplicas: text.min_replicas,
      maxReplicas: text.max_replicas,
      startAtFraction: fraction(text.scale_up_trigger),
      scaleUpDelayMs: 0,
      preWarmDelayMs: ms(text.pre_warm_delay),
      scaleDownDelayMs: ms(text.scale_down_delay),
      startupTimeoutMs: ms(text.startup_timeout),
      slots: text.sequential_then_parallel ? specialisedTasks : 1,
    },
    maxConcurrentPipelines: coordination.max_concurrent_pipelines_per_container,
    handoffTimeoutMs: ms(coordination.vision_to_text_handoff_timeout),
    failureRetryDelayMs: ms(coordination.pipeline_failure_retry_delay),
    communicationTimeoutMs: ms(coordination.cross_container_communication_timeout),
  };
}
