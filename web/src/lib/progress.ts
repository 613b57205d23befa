import type { PipelineSummary, TaskProgress } from "../api/types.ts";

/** What the bar shows of one pipeline: a high-water mark, so that news out of order cannot lower it. */
export interface Drawn {
  readonly generation: number;
  /** Highest percent heard of in this generation, 0..100; what is shown is `shownPercent`. */
  readonly mark: number;
  /** By task name, 0..1. */
  readonly fractions: Readonly<Record<string, number>>;
}

export type Drawable = Pick<PipelineSummary, "generation" | "state"> & {
  readonly progress: {
    readonly percent: number;
    readonly tasks: readonly {
      readonly task: string;
      readonly state: TaskProgress["state"];
      readonly fraction: number;
    }[];
  };
};

const isFinished = (state: PipelineSummary["state"]): boolean =>
  state === "done" || state === "done_with_gaps";

const fractionsOf = (
  before: Readonly<Record<string, number>>,
  tasks: Drawable["progress"]["tasks"],
): Record<string, number> => {
  const fractions: Record<string, number> = { ...before };
  for (const { task, state, fraction } of tasks) {
    // A task that still runs is never drawn whole: its result is not committed yet.
    const most = state === "done" ? 1 : 0.99;
    fractions[task] = Math.max(fractions[task] ?? 0, Math.min(most, Math.max(0, fraction)));
  }
  return fractions;
};

/**
 * Takes news of a pipeline into what is drawn. An older generation changes nothing; a newer one
 * starts afresh; within one, marks only rise. 100 is kept for a pipeline that has ended well, after which
 * nothing of its generation is opened again; everything else stops at 99.
 */
export function draw(before: Drawn | undefined, news: Drawable): Drawn {
  if (before !== undefined && news.generation < before.generation) return before;
  const known = before?.generation === news.generation ? before : undefined;
  const most = isFinished(news.state) ? 100 : 99;
  return {
    generation: news.generation,
    mark: Math.max(known?.mark ?? 0, Math.min(most, news.progress.percent)),
    fractions: fractionsOf(known?.fractions ?? {}, news.progress.tasks),
  };
}

/** The number on the page. */
export const shownPercent = (drawn: Drawn): number => Math.floor(drawn.mark);

/** Marks by pipeline. List and document page read the same one, so they cannot disagree. */
export function drawnStore(): { see(id: string, news: Drawable): Drawn } {
  const drawn = new Map<string, Drawn>();
  return {
    see(id, news) {
      const next = draw(drawn.get(id), news);
      drawn.set(id, next);
      return next;
    },
  };
}
