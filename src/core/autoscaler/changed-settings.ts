import type { PoolScaling, ScalingSettings } from "./settings.ts";

/** What a version of the policy changes of the scaling blocks, in their own words. */
export interface ChangedSettings {
  readonly vision_container_scaling?: { readonly max_replicas: number } | undefined;
  readonly text_container_scaling?: { readonly max_replicas: number } | undefined;
}

/**
 * The settings with what a version changes. A version never widens a bound: where the configuration has become
 * tighter since, the configuration counts.
 */
export function withChanged(scaling: ScalingSettings, changed: ChangedSettings): ScalingSettings {
  return {
    ...scaling,
    vision: capped(scaling.vision, changed.vision_container_scaling?.max_replicas),
    text: capped(scaling.text, changed.text_container_scaling?.max_replicas),
  };
}

function capped(pool: PoolScaling, maxReplicas: number | undefined): PoolScaling {
  if (maxReplicas === undefined) return pool;
  const least = Math.max(1, pool.minReplicas);
  return { ...pool, maxReplicas: Math.max(least, Math.min(pool.maxReplicas, maxReplicas)) };
}
