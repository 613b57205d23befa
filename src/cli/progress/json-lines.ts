import type { Clock } from "../../lib/clock.ts";
import type { Output } from "../output.ts";
import type { Progress, Tracked } from "./progress.ts";

/** One JSON object a line on stderr for every change, for programs. */
export function createJsonProgress(output: Pick<Output, "raw">, clock: Clock): Progress {
  const seen = new Map<number, string>();
  return {
    update(tracked) {
      const fields = fieldsOf(tracked);
      const text = JSON.stringify(fields);
      if (seen.get(tracked.key) === text) return;
      seen.set(tracked.key, text);
      const at = new Date(clock.nowMs()).toISOString();
      output.raw(`${JSON.stringify({ v: 1, type: "progress", at, ...fields })}\n`);
    },
    end() {},
  };
}

function fieldsOf({ name, document, refusal }: Tracked): object {
  if (document === null) {
    return {
      document: null,
      name,
      state: refusal === null ? "sending" : "rejected",
      error: refusal,
    };
  }
  const { id, state, status, progress, failure } = document.pipeline;
  const { percent, eta, tasks } = progress;
  return {
    document: document.id,
    name,
    pipeline: id,
    state,
    status,
    percent,
    eta,
    tasks: tasks.map(({ task, state, done, total }) => ({ task, state, done, total })),
    error: failure,
  };
}
