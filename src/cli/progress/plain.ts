import type { ProgressView } from "../../contract/documents.ts";
import { errorCodes } from "../../errors/codes.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Output } from "../output.ts";
import { clockText, oneLine, plural, secondsText } from "../text.ts";
import type { Progress, Tracked } from "./progress.ts";

const quietMs = 10_000;

/** Lines for logs: one per change of state, and one per ten seconds of work in between. */
export function createPlainProgress(output: Output, clock: Clock, utc: boolean): Progress {
  const seen = new Map<number, { readonly state: string; readonly atMs: number }>();
  return {
    update(tracked) {
      const nowMs = clock.nowMs();
      const before = seen.get(tracked.key);
      const state = stateOf(tracked);
      if (state === before?.state && nowMs - before.atMs < quietMs) return;
      if (tracked.document === null && tracked.refusal === null) return;
      seen.set(tracked.key, { state, atMs: nowMs });
      const at = clockText(nowMs, utc);
      if (before === undefined && tracked.document !== null)
        output.say(`${at} ${accepted(tracked)}`);
      output.say(`${at} ${plainLine(tracked)}`);
    },
    end() {},
  };
}

/** Rises and falls of counts are no change of state; a task that begins or ends is. */
function stateOf({ document, refusal }: Tracked): string {
  if (refusal !== null) return "refused";
  if (document === null) return "";
  const { state, status, progress } = document.pipeline;
  return [state, status.name, ...progress.tasks.map((task) => task.state)].join(" ");
}

const accepted = ({ name, document }: Tracked): string =>
  `${document?.id} accepted ${oneLine(name)}, ${plural(document?.pages ?? 0, "slide")}`;

/** `d_7K2 62% visual_analysis 14/22 eta=110s`, without the time. */
function plainLine({ name, document, refusal }: Tracked): string {
  if (refusal !== null) {
    return `- refused ${oneLine(name)}: ${refusal.code} ${errorCodes[refusal.code].title}`;
  }
  if (document === null) return `- sending ${oneLine(name)}`;
  const { state, status, progress, seconds } = document.pipeline;
  const head = `${document.id} ${progress.percent}%`;
  if (state !== "active" && state !== "fetching") {
    return `${head} ${status.name}: ${oneLine(status.sentence)} ${secondsText(seconds)}`;
  }
  const work = runningTasks(progress);
  if (work === "") return `${head} ${status.name}: ${oneLine(status.sentence)}`;
  const eta = progress.eta === null ? "" : ` eta=${Math.round(progress.eta.p50Seconds)}s`;
  return `${head} ${work}${eta}`;
}

const runningTasks = ({ tasks }: ProgressView): string =>
  tasks
    .filter((task) => task.state === "leased")
    .map(({ task, done, total }) => (total === null ? task : `${task} ${done ?? 0}/${total}`))
    .join(" ");
