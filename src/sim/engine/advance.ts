import { closePipeline } from "./close.ts";
import { type Scene, type SimPipeline, taskStates } from "./scene.ts";

/** One unfinished task less. */
export function closeTask(scene: Scene, pipeline: SimPipeline, task: number): void {
  const work = scene.workOf[task];
  if (work === undefined) return;
  const open = (pipeline.open[work.index] ?? 1) - 1;
  pipeline.open[work.index] = open;
  if (open === 0) work.pipelines -= 1;
  work.shown = null;
  pipeline.shown = null;
}

/** What an advance of the graph skipped, and whether all has ended. */
export function afterMove(scene: Scene, pipeline: SimPipeline): void {
  for (const skipped of pipeline.standpoint.skipped) {
    const work = scene.workOf[skipped];
    if (pipeline.states[skipped] === taskStates.blocked && work !== undefined) work.blocked -= 1;
    pipeline.states[skipped] = taskStates.skipped;
    closeTask(scene, pipeline, skipped);
  }
  const { end } = pipeline.standpoint;
  if (end !== null) closePipeline(scene, pipeline, end);
}
