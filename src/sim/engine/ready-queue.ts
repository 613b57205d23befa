import { createHeap } from "./heap.ts";
import { type SimPipeline, taskStates, tasksMax } from "./scene.ts";

/** Tasks that wait for a container: first by rank, then by age of the document, then by place in the graph. */
export interface ReadyQueue {
  add(pipeline: SimPipeline, task: number): void;
  /** The first one: `slot * tasksMax + task`; -1: none waits. */
  first(): number;
  /** Takes out what `first` has just given. */
  take(): void;
  /** When the one that has waited longest became ready; null when none waits. */
  oldestMs(): number | null;
}

/**
 * A heap by rank, and beside it a list by time. A task that left by another way is not searched for: it
 * is passed over when it comes to the top, since it is not ready any more.
 */
export function createReadyQueue(pipelines: readonly SimPipeline[]): ReadyQueue {
  const byRank = createHeap();
  const byAge = createHeap();
  const waits = (subject: number, id: number): boolean => {
    const pipeline = pipelines[Math.floor(subject / tasksMax)];
    return (
      pipeline !== undefined &&
      pipeline.document.id === id &&
      pipeline.states[subject % tasksMax] === taskStates.ready
    );
  };
  return {
    add(pipeline, task) {
      const { document, rank, slot } = pipeline;
      const subject = slot * tasksMax + task;
      byRank.push(rank, document.id * tasksMax + task, subject, document.id);
      byAge.push(pipeline.readySinceMs[task] ?? 0, document.id, subject, document.id);
    },
    first() {
      while (byRank.size > 0) {
        const { subject, stamp } = byRank.top();
        if (waits(subject, stamp)) return subject;
        byRank.pop();
      }
      byAge.size = 0;
      return -1;
    },
    take() {
      byRank.pop();
    },
    oldestMs() {
      while (byAge.size > 0) {
        const { first, subject, stamp } = byAge.top();
        const pipeline = pipelines[Math.floor(subject / tasksMax)];
        if (waits(subject, stamp) && pipeline?.readySinceMs[subject % tasksMax] === first) {
          return first;
        }
        byAge.pop();
      }
      return null;
    },
  };
}
