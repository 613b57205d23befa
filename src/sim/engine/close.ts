import { bitOf, type EndState, type Graph } from "../../core/pipeline/graph.ts";
import type { DocumentOutcome } from "../model.ts";
import type { Needed, Scene, SimPipeline } from "./scene.ts";

/** All of it has ended: it is told, and its place is free for another document. */
export function closePipeline(scene: Scene, pipeline: SimPipeline, end: EndState): void {
  const { nowMs, attention, observer } = scene;
  if (pipeline.before === null) scene.oldest = pipeline.after;
  else pipeline.before.after = pipeline.after;
  if (pipeline.after === null) scene.newest = pipeline.before;
  else pipeline.after.before = pipeline.before;
  scene.onTheirWay -= 1;
  scene.ended += 1;
  scene.endMs = nowMs;
  if (attention.facts) {
    scene.facts.push({ kind: "pipeline-ended", atMs: nowMs, pipeline: pipeline.name });
  }
  scene.journal?.note(`document ${pipeline.document.id} ends: ${end}`);
  if (observer.onDocument !== undefined) observer.onDocument(outcomeOf(scene, pipeline, end));
  scene.freePipelines.push(pipeline);
}

function outcomeOf(scene: Scene, pipeline: SimPipeline, end: EndState): DocumentOutcome {
  const { nowMs } = scene;
  const { document, visualStartMs, textNeededMs, textStartMs } = pipeline;
  return {
    id: document.id,
    arrivalMs: document.arrivalMs,
    slides: document.slideMs.length,
    visualStartMs: Number.isNaN(visualStartMs) ? nowMs : visualStartMs,
    textNeededMs: Number.isNaN(textNeededMs) ? nowMs : textNeededMs,
    textStartMs: Number.isNaN(textStartMs) ? nowMs : textStartMs,
    endMs: nowMs,
    end,
    criticalPathMs: criticalPathMs(document.taskMs, scene.needed),
    onTime: pipeline.wasOnTime,
    feasible: isFeasible(scene, pipeline),
  };
}

function isFeasible(scene: Scene, pipeline: SimPipeline): boolean {
  if (pipeline.wasReadyAtUpload) return true;
  const { arrivalMs } = pipeline.document;
  const { tookMs, how } = scene.world.start(scene.textPool.name, arrivalMs);
  return how === "ready" && arrivalMs + tookMs <= pipeline.textNeededMs;
}

/** The tasks in an order in which what is waited for comes first. */
export function neededBy({ needs }: Graph): Needed[] {
  const all = needs.map((need, task) => ({
    task,
    after: needs.flatMap((_, other) => ((need & bitOf(other)) === 0n ? [] : [other])),
  }));
  const depth = (task: number): number => 1 + Math.max(0, ...(all[task]?.after ?? []).map(depth));
  return all.toSorted((a, b) => depth(a.task) - depth(b.task));
}

const ends = new Float64Array(64);

/** The longest way through the graph. */
function criticalPathMs(taskMs: readonly number[], needed: readonly Needed[]): number {
  let last = 0;
  for (const { task, after } of needed) {
    let start = 0;
    for (const other of after) start = Math.max(start, ends[other] ?? 0);
    ends[task] = start + (taskMs[task] ?? 0);
    last = Math.max(last, ends[task] ?? 0);
  }
  return last;
}
