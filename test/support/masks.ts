import type { Masks } from "../../src/core/pipeline/graph.ts";

/** The masks of a pipeline whose tasks of `mask` are open again. */
export const reopened = (masks: Masks, mask: bigint): Masks => ({
  queued: masks.queued & ~mask,
  done: masks.done & ~mask,
  dead: masks.dead & ~mask,
  skipped: masks.skipped & ~mask,
  gaps: masks.gaps & ~mask,
});
