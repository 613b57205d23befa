import type { ServiceTimes } from "./service-times.ts";

const seconds = (median: number) =>
  ({ kind: "log-normal", median, lnSd: 0.35, min: 0.1, max: 20 * median }) as const;

/**
 * Assumed, not measured: no public recording of pitch decks was found, and ours are too few yet. The
 * medians, the spread of slides and the range of slides a deck are those of a first prototype of this
 * simulator; how much decks differ in length (ln sd 0.55) and text tasks in time (0.35) is a guess.
 * Pinned, so that figures can be repeated.
 */
export const pinnedServiceTimes: ServiceTimes = {
  source: "assumed: 16 slides a deck (4 to 80), 3.5 s a slide, 25 s and 20 s a text task",
  slides: { kind: "log-normal", median: 16, lnSd: 0.55, min: 4, max: 80 },
  slideSeconds: { median: 3.5, documentLnSd: 0.3, slideLnSd: 0.35 },
  tasks: {
    slide_feedback: { kind: "of-visual", factor: 0.4 },
    extractions_and_template: seconds(25),
    specialized_clinical: seconds(20),
    specialized_regulatory: seconds(20),
    specialized_science: seconds(20),
  },
};
