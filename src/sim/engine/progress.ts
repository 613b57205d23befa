import { eventKinds } from "./event-queue.ts";
import { type Scene, type SimPipeline, tasksMax } from "./scene.ts";

/**
 * Finishes the slides that are finished by now. Nobody is called for a slide that nobody looks at: whoever
 * wants to know where visual analysis stands comes by here first.
 */
export function progressTo(scene: Scene, pipeline: SimPipeline, nowMs: number): void {
  const { slideMs } = pipeline.document;
  const { documents, facts } = scene.attention;
  let { slidesDone, slideSinceMs } = pipeline;
  // It does not run: NaN is not before anything.
  while (slidesDone < slideMs.length) {
    const tookMs = slideMs[slidesDone] ?? 0;
    if (!(slideSinceMs + tookMs <= nowMs)) break;
    slideSinceMs += tookMs;
    slidesDone += 1;
    if (documents) pipeline.sumLnSeconds += Math.log(Math.max(1, tookMs) / 1000);
    if (facts) {
      scene.facts.push({
        kind: "slide-done",
        atMs: slideSinceMs,
        pipeline: pipeline.name,
        tookMs,
      });
    }
  }
  if (slidesDone === pipeline.slidesDone) return;
  pipeline.slidesDone = slidesDone;
  pipeline.slideSinceMs = slideSinceMs;
  pipeline.shown = null;
}

/** Visual analysis begins, or goes on at the slide where it broke off. Gives when it will end. */
export function startVisual(scene: Scene, pipeline: SimPipeline): number {
  const { nowMs } = scene;
  const { slideMs } = pipeline.document;
  if (Number.isNaN(pipeline.visualStartMs)) pipeline.visualStartMs = nowMs;
  pipeline.slideSinceMs = nowMs;
  pipeline.shown = null;
  pipeline.shownProgress = null;
  let endMs = nowMs;
  for (let slide = pipeline.slidesDone; slide < slideMs.length; slide += 1) {
    endMs += slideMs[slide] ?? 0;
  }
  if (scene.attention.slides) callAtNextSlide(scene, pipeline);
  else callAtMilestones(scene, pipeline);
  return endMs;
}

/** The end of the last slide is the end of the task, which is told anyway. */
export function callAtNextSlide(scene: Scene, pipeline: SimPipeline): void {
  const { slideMs } = pipeline.document;
  const { slidesDone, slideSinceMs } = pipeline;
  if (slidesDone >= slideMs.length - 1) return;
  call(scene, pipeline, slideSinceMs + (slideMs[slidesDone] ?? 0));
}

/** Calls at the first slide that reaches each share that the policy waits for. */
function callAtMilestones(scene: Scene, pipeline: SimPipeline): void {
  const { milestones } = scene.attention;
  if (milestones.length === 0) return;
  const { slideMs } = pipeline.document;
  const count = slideMs.length;
  let atMs = pipeline.slideSinceMs;
  for (let slide = pipeline.slidesDone; slide < count - 1; slide += 1) {
    atMs += slideMs[slide] ?? 0;
    if (passes(milestones, slide / count, (slide + 1) / count)) call(scene, pipeline, atMs);
  }
}

function passes(milestones: readonly number[], before: number, after: number): boolean {
  for (const share of milestones) if (before < share && share <= after) return true;
  return false;
}

function call(scene: Scene, pipeline: SimPipeline, atMs: number): void {
  const { visual } = scene.stage;
  const subject = pipeline.slot * tasksMax + visual;
  scene.events.push(atMs, eventKinds.slideDone, subject, pipeline.stamps[visual] ?? 0);
}
