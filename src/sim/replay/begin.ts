import { bitOf } from "../../core/pipeline/graph.ts";
import type { Stage } from "../model.ts";
import type { RecordedDocument, RecordedTask, Recording } from "./recording.ts";

/**
 * When each task could have begun on the very container that did it, by document and name: as soon as it was
 * ready, the container was, and had room. What passes from then to its lease is no waiting for others: the
 * container had not asked yet. A simulated one asks at once, so this belongs to the work.
 */
export function beginnings(
  { documents, replicas }: Recording,
  { graph, containers }: Stage,
): readonly Readonly<Record<string, number>>[] {
  const found = documents.map((): Record<string, number> => ({}));
  const byContainer = new Map<string, Done[]>();
  for (const [document, { tasks }] of documents.entries()) {
    for (const [task, recorded] of Object.entries(tasks)) {
      const own = byContainer.get(recorded.container) ?? [];
      byContainer.set(recorded.container, own);
      own.push({ document, task, ...recorded });
    }
  }
  const readyAfter = new Map(graph.names.map((name, at) => [name, graph.needs[at] ?? 0n]));
  const readyMs = (document: RecordedDocument, task: string): number => {
    const needs = readyAfter.get(task) ?? 0n;
    const ends = graph.names.flatMap((name, at) =>
      (needs & bitOf(at)) === 0n ? [] : [document.tasks[name]?.doneMs ?? 0],
    );
    return Math.max(document.arrivalMs, ...ends);
  };
  for (const [container, tasks] of byContainer) {
    const replica = replicas.find((one) => one.container === container);
    const slots = containers[replica?.pool ?? ""]?.slots ?? 1;
    for (const one of tasks) {
      const document = documents[one.document];
      const own = found[one.document];
      if (document === undefined || own === undefined) continue;
      const upMs = replica?.readyMs ?? Number.NEGATIVE_INFINITY;
      const fromMs = Math.max(readyMs(document, one.task), upMs, roomSinceMs(one, tasks, slots));
      own[one.task] = Math.min(fromMs, one.leasedMs);
    }
  }
  return found;
}

interface Done extends RecordedTask {
  readonly document: number;
  readonly task: string;
}

/** Since when its container had had room, when it got the task: the last moment before at which it became free. */
function roomSinceMs(task: Done, all: readonly Done[], slots: number): number {
  const held = (ms: number): number =>
    all.filter((one) => one !== task && one.leasedMs < ms && one.doneMs >= ms).length;
  const freed = all
    .map(({ doneMs }) => doneMs)
    .filter((doneMs) => doneMs <= task.leasedMs && held(doneMs) >= slots);
  return Math.max(Number.NEGATIVE_INFINITY, ...freed);
}
