import type { PipelineState } from "./life-cycle.ts";
import { fractionOf } from "./progress.ts";
import type { Status } from "./status.ts";

/** Documents of a batch by the state of their pipelines. */
export type BatchCounts = Readonly<Record<PipelineState, number>>;

const endedStates = ["done", "done_with_gaps", "failed", "cancelled"] as const;

const sumOf = (counts: BatchCounts, states: readonly PipelineState[]): number =>
  states.reduce((sum, state) => sum + counts[state], 0);

export const documentsIn = (counts: BatchCounts): number =>
  sumOf(counts, ["fetching", "active", ...endedStates]);

/** Documents that have ended, well or not. */
export const endedIn = (counts: BatchCounts): number => sumOf(counts, endedStates);

/** Documents with the same bar that are equally far. */
export interface BarGroup {
  readonly n: number;
  /** Of their tasks, in order. */
  readonly weights: readonly number[];
  /** Indexes of tasks that are done. */
  readonly done: readonly number[];
  /** Others that have begun: index, and 0..1 of it. */
  readonly running: readonly (readonly [task: number, fraction: number])[];
}

/** What these documents count for, each with 0..1 as its own bar shows it before it is rounded. */
export function reachedBy({ n, weights, done, running }: BarGroup): number {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  if (whole <= 0) return 0;
  const got =
    done.reduce((sum, task) => sum + (weights[task] ?? 0), 0) +
    running.reduce(
      (sum, [task, fraction]) =>
        sum + (weights[task] ?? 0) * fractionOf({ weight: 0, state: "leased", fraction }),
      0,
    );
  return (n * got) / whole;
}

/**
 * Whole percent, rounded down: the mean of its documents by the weights of their own bars. One that has
 * ended counts whole, however it ended, so 100 says that all have ended and nothing else does. Falls
 * only when documents join or are tried again. @param reached sum over the documents, 0..1 each
 */
export function batchPercentOf(counts: BatchCounts, reached: number): number {
  const all = documentsIn(counts);
  if (all === 0) return 0;
  if (endedIn(counts) === all) return 100;
  // A sum of fractions may fall short of the whole percent it stands for.
  return Math.min(99, Math.floor((100 * reached) / all + 1e-9));
}

const endings: readonly [PipelineState, string][] = [
  ["done", "done"],
  ["done_with_gaps", "done with gaps"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
];

/** `35 done, 2 failed`; empty while none has ended. */
const endingWords = (counts: BatchCounts): string =>
  endings
    .filter(([state]) => counts[state] > 0)
    .map(([state, words]) => `${counts[state]} ${words}`)
    .join(", ");

const documentWords = (n: number): string => `${n} ${n === 1 ? "document" : "documents"}`;

/** The same three words as of a document: type for logic, name to show, a sentence. */
export function batchStatusOf(counts: BatchCounts, reached: number, isCancelled: boolean): Status {
  const all = documentsIn(counts);
  const ended = endedIn(counts);
  if (all === 0) {
    return isCancelled
      ? { type: "ended", name: "Cancelled", sentence: "Cancelled before a document joined." }
      : { type: "pending", name: "Empty", sentence: "No document has joined yet." };
  }
  if (ended < all) {
    const open = `${all - ended} of ${documentWords(all)} to go`;
    const so = ended === 0 ? "" : `; ${endingWords(counts)}`;
    const sentence = `${open}${so}.`;
    return reached > 0
      ? { type: "running", name: "Running", sentence }
      : { type: "pending", name: "Queued", sentence };
  }
  const sentence = `${documentWords(all)}: ${endingWords(counts)}.`;
  if (counts.done === all) return { type: "done", name: "Done", sentence };
  if (counts.done + counts.done_with_gaps > 0) {
    const lost = counts.failed + counts.cancelled > 0;
    return { type: "done", name: lost ? "Done in part" : "Done with gaps", sentence };
  }
  return counts.failed > 0
    ? { type: "failed", name: "Failed", sentence }
    : { type: "ended", name: "Cancelled", sentence };
}
