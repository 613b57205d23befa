/** A task as far as its plan depends on it, in pack order. */
export interface PlannedTask {
  /** Indexes of the tasks it waits for. */
  readonly after: readonly number[];
  readonly finished: boolean;
  /** How far the attempt that runs has come, 0..1; null: none runs. */
  readonly fraction: number | null;
  /** Not before then: a retry waits. */
  readonly notBeforeMs: number | null;
  /** Of the whole task; null: not learned yet. */
  readonly expectedMs: number | null;
}

/** null: no estimate yet. */
export interface Planned {
  readonly index: number;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

/**
 * When each unfinished task should begin and end, if every container is there when it is needed: what
 * runs goes on from now, what waits begins when all before it have ended. Nothing is guessed: behind a
 * task without an estimate nothing has one.
 */
export function planOf(tasks: readonly PlannedTask[], nowMs: number): Planned[] {
  const known = new Map<number, Planned>();
  const of = (index: number): Planned => {
    const before = known.get(index);
    if (before !== undefined) return before;
    const task = tasks[index];
    if (task === undefined || task.finished) return { index, fromMs: nowMs, untilMs: nowMs };
    // A graph has no cycles; should one come, it has no estimate.
    known.set(index, { index, fromMs: null, untilMs: null });
    const planned = plannedOf(task, index, task.after.map(of), nowMs);
    known.set(index, planned);
    return planned;
  };
  return tasks.flatMap((task, index) => (task.finished ? [] : [of(index)]));
}

function plannedOf(
  task: PlannedTask,
  index: number,
  before: readonly Planned[],
  nowMs: number,
): Planned {
  const { expectedMs, fraction } = task;
  const ends = before.map(({ untilMs }) => untilMs);
  const isKnown = ends.every((end) => end !== null);
  const fromMs = isKnown ? Math.max(nowMs, task.notBeforeMs ?? nowMs, ...ends) : null;
  if (fromMs === null || expectedMs === null) return { index, fromMs, untilMs: null };
  return { index, fromMs, untilMs: fromMs + expectedMs * (1 - (fraction ?? 0)) };
}
