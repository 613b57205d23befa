import { fullScaling } from "../wanted.ts";
import type { Subject } from "./parts.ts";
import type { Watch } from "./watch.ts";

/** Shorter than this is at once: looks are two seconds apart. */
const atOnceMs = 5_000;

/** Milliseconds from the order until the list was empty; null: it was not, as long as was waited. */
async function emptied(
  { clock }: Subject,
  watch: Watch,
  order: () => Promise<void>,
  limitMs: number,
): Promise<number | null> {
  const orderedMs = clock.nowMs();
  await order();
  const empty = await watch.until(({ replicas }) => (replicas ?? []).length === 0, limitMs);
  return empty === null ? null : clock.nowMs() - orderedMs;
}

const secondsOf = (ms: number): string => `${Math.round(ms / 1000)} s`;
const late = (limitMs: number): string => `the list was not empty after ${secondsOf(limitMs)}`;

/** Lets an idle worker go. Answers how long that took; null: too long. */
export async function stopIdle(
  subject: Subject,
  watch: Watch,
  limitMs: number,
): Promise<number | null> {
  const { notebook } = subject;
  const ms = await emptied(subject, watch, () => scaleToZero(subject), limitMs);
  if (ms === null) notebook.leave("stop_ms", late(limitMs));
  else notebook.settle("stop_ms", ms, `the list was empty ${secondsOf(ms)} after the order`);
  return ms;
}

const scaleToZero = ({ api, spec }: Subject): Promise<void> =>
  api.patchScaling(spec.name, fullScaling(0));

/**
 * Lets a container go that ignores SIGTERM. The signal itself shows in its log; here it shows by the
 * ordinary container, which ends sooner than one that does not listen.
 * @param idleMs how long the ordinary one took; null: not known
 */
export async function stopStubborn(
  subject: Subject,
  watch: Watch,
  limitMs: number,
  idleMs: number | null,
): Promise<void> {
  const { notebook } = subject;
  const ms = await emptied(subject, watch, () => scaleToZero(subject), limitMs);
  const log = 'see its log in the console for "pilotlight verify: SIGTERM"';
  if (ms === null) {
    notebook.leave("grace_ms", late(limitMs));
    return notebook.leave("sigterm", log);
  }
  const gone = `gone ${secondsOf(ms)} after scaling to 0`;
  notebook.settle("grace_ms", ms, `a container that ignores SIGTERM was ${gone}`);
  if (idleMs !== null && ms - idleMs >= atOnceMs) {
    const other = `one that obeys was gone after ${secondsOf(idleMs)}`;
    notebook.settle("sigterm", true, `${other}, one that ignores it after ${secondsOf(ms)}`);
  } else {
    notebook.leave("sigterm", `one that ignores it was gone as soon as one that obeys; ${log}`);
  }
}

/** Pauses while a container runs that does not end by itself. */
export async function pauseStubborn(
  subject: Subject,
  watch: Watch,
  limitMs: number,
): Promise<void> {
  const { api, notebook, spec } = subject;
  const ms = await emptied(subject, watch, () => api.pause(spec.name), limitMs);
  if (ms === null) {
    notebook.settle("paused_lists", true, late(limitMs));
    return notebook.leave("pause_drains", late(limitMs));
  }
  const evidence = `a container that ignores SIGTERM was gone ${secondsOf(ms)} after the pause`;
  notebook.settle("pause_drains", ms >= atOnceMs, evidence);
}
