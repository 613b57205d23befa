import { progressTo } from "./progress.ts";
import type { Scene, SimPipeline } from "./scene.ts";

/** Work that is left of a task other than the visual one. */
export function leftMs(scene: Scene, { document, slidesKept }: SimPipeline, task: number): number {
  const wholeMs = document.taskMs[task] ?? 0;
  const kept = slidesKept[task] ?? 0;
  if (kept === 0 || scene.isEachSlide[task] !== true) return wholeMs;
  return Math.max(1, Math.round(wholeMs * (1 - shareOf(document.slideMs, kept))));
}

function shareOf(slideMs: readonly number[], slides: number): number {
  let part = 0;
  let whole = 0;
  for (let slide = 0; slide < slideMs.length; slide += 1) {
    const ms = slideMs[slide] ?? 0;
    whole += ms;
    if (slide < slides) part += ms;
  }
  return whole > 0 ? part / whole : 0;
}

/** Slides that are whole after so much of the time of all. */
function slidesIn(slideMs: readonly number[], share: number): number {
  let slides = 0;
  while (slides < slideMs.length && shareOf(slideMs, slides + 1) <= share) slides += 1;
  return slides;
}

/** Slides that are finished are not done again. */
export function keepSlides(scene: Scene, pipeline: SimPipeline, task: number): void {
  const { nowMs, stage } = scene;
  if (task === stage.visual) {
    progressTo(scene, pipeline, nowMs);
    pipeline.slideSinceMs = Number.NaN;
    pipeline.shown = null;
    pipeline.shownProgress = null;
    return;
  }
  if (scene.isEachSlide[task] !== true) return;
  const { document, slidesKept, leasedAtMs } = pipeline;
  const wholeMs = document.taskMs[task] ?? 0;
  const before = shareOf(document.slideMs, slidesKept[task] ?? 0);
  const share = before + (nowMs - (leasedAtMs[task] ?? nowMs)) / Math.max(1, wholeMs);
  slidesKept[task] = Math.max(slidesKept[task] ?? 0, slidesIn(document.slideMs, share));
}
