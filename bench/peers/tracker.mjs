/** The pipeline every contestant runs, and what each pipeline and task did in this process. */
export const tasks = [
  "visual_analysis",
  "slide_feedback",
  "extractions_and_template",
  "specialized_clinical",
  "specialized_regulatory",
  "specialized_science",
];
export const pools = ["vision", "vision", "text", "text", "text", "text"];
/** What a task waits for, by position; null: nothing. */
export const after = [null, null, 0, 2, 2, 2];
/** What a task's end frees. */
export const frees = tasks.map((_, task) =>
  tasks.map((_, other) => other).filter((other) => after[other] === task),
);

/**
 * Counts ends and takes the times between a task's end and the start of what waited for it. Its work is
 * a few array writes a task, so that it weighs nothing beside a database.
 * @param pipelines how many there will be; they are numbered from 0
 */
export function createTracker(pipelines) {
  const endedMs = new Float64Array(pipelines * tasks.length);
  const durable = new Uint8Array(pipelines);
  const waiting = [];
  let hops = null;
  let handled = 0;
  let closed = 0;

  const wake = () => {
    for (const one of waiting.splice(0)) {
      if (one.isMet()) one.resolve();
      else waiting.push(one);
    }
  };
  const until = (isMet) =>
    isMet() ? Promise.resolve() : new Promise((resolve) => waiting.push({ isMet, resolve }));

  return {
    /** The no-op handler. */
    handle(pipeline, task) {
      const now = performance.now();
      const first = pipeline * tasks.length;
      if (after[task] !== null && hops !== null) hops.push(now - endedMs[first + after[task]]);
      endedMs[first + task] = now;
      handled += 1;
      if (waiting.length > 0) wake();
    },
    /** The result of a task is committed. */
    commit(pipeline) {
      durable[pipeline] += 1;
      if (durable[pipeline] !== tasks.length) return;
      closed += 1;
      if (waiting.length > 0) wake();
    },
    /** Settles when so many pipelines in all have six committed results. */
    whenClosed: (count) => until(() => closed >= count),
    /** Settles when the handlers of so many pipelines in all have run. */
    whenHandled: (count) => until(() => handled >= count * tasks.length),
    measureHops() {
      hops = [];
    },
    hopMs() {
      if (hops === null || hops.length === 0) return null;
      const sorted = Float64Array.from(hops).sort();
      const at = (part) =>
        round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]);
      return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
    },
  };
}

export const round = (value) => Math.round(value * 1000) / 1000;
