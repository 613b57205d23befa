import { dollars } from "../cost/money.ts";
import { type Duration, estimateRemaining } from "./estimate.ts";
import { durationWords, type PoolFacts } from "./plan.ts";

export interface ReopenedTask {
  readonly task: string;
  readonly pool: string;
  /** Indexes of the tasks it waits for. */
  readonly after: readonly number[];
  /** Of the whole task for this document; null: never seen one. */
  readonly duration: Duration | null;
  readonly isRedone: boolean;
  readonly wasDone: boolean;
  /** Of a task that reads slides; null: it has no slides of its own. */
  readonly slides: { readonly redone: readonly number[]; readonly kept: number } | null;
}

export interface ReopenFacts {
  readonly tasks: readonly ReopenedTask[];
  /** Of the tasks that are done again. */
  readonly pools: readonly PoolFacts[];
  /** From 1: which one this will be. */
  readonly attempt: number;
  /** It is another generation, whose bar begins anew. */
  readonly isNew: boolean;
}

export interface ReopenPlan {
  /** Slides that are read again, and finished ones that stay, of the task with most to read; null: none reads any. */
  readonly slides: { readonly redone: number[]; readonly kept: number } | null;
  /** Of the work itself, without starts of containers; null: no estimate. */
  readonly seconds: number | null;
  readonly secondsHigh: number | null;
  /** Of the work itself at the newest price of its pools; null: no estimate. */
  readonly microUsd: number | null;
  /** The fewest cases that any of it rests on. */
  readonly n: number;
  readonly pools: {
    readonly pool: string;
    readonly state: PoolFacts["state"];
    readonly startSeconds: number | null;
  }[];
  readonly sentence: string;
}

/** What opening tasks again would take, and all of it in words: the same for page, command line and programs. */
export function reopenPlan(facts: ReopenFacts): ReopenPlan {
  const work = workOf(facts.tasks);
  const n = Math.min(
    ...facts.tasks.filter(({ isRedone }) => isRedone).map(({ duration }) => duration?.n ?? 0),
  );
  const known = {
    slides: slidesOf(facts.tasks),
    seconds: work?.p50Seconds ?? null,
    secondsHigh: work?.p90Seconds ?? null,
    microUsd: costOf(facts),
    n: Number.isFinite(n) ? n : 0,
    pools: facts.pools.map(({ pool, state, start }) => ({
      ...{ pool, state },
      startSeconds: state === "cold" ? (start?.p50Seconds ?? null) : null,
    })),
  };
  const sentences = [
    runsWords(facts.tasks),
    keepsWords(facts.tasks, known.slides),
    takesWords(known),
    ...facts.pools.map(poolWords),
    `What there was stays in the history as attempt ${facts.attempt - 1}, superseded by attempt ${facts.attempt}.`,
    facts.isNew ? "The bar begins anew, at what is kept." : "",
  ];
  return { ...known, sentence: sentences.filter((one) => one !== "").join(" ") };
}

/** Time along the longest way through what is done again; slides that stay take none. */
const workOf = (tasks: readonly ReopenedTask[], pool?: string) =>
  estimateRemaining(
    tasks.map(({ after, duration, isRedone, slides, ...task }) => ({
      ...{ after, duration },
      finished: !isRedone || (pool !== undefined && task.pool !== pool),
      fraction: keptShare(slides),
    })),
  );

function keptShare(slides: ReopenedTask["slides"]): number {
  if (slides === null) return 0;
  const all = slides.kept + slides.redone.length;
  return all === 0 ? 0 : slides.kept / all;
}

function costOf({ tasks, pools }: ReopenFacts): number | null {
  let microUsd = 0;
  for (const { pool, price } of pools) {
    const busy = workOf(tasks, pool);
    if (busy === null || price === undefined || price === "unpriced") return null;
    microUsd += Math.round((busy.p50Seconds * (price ?? 0)) / 3600);
  }
  return microUsd;
}

function slidesOf(tasks: readonly ReopenedTask[]): ReopenPlan["slides"] {
  const most = tasks
    .filter(({ isRedone }) => isRedone)
    .flatMap(({ slides }) => slides ?? [])
    .toSorted((a, b) => b.redone.length - a.redone.length)[0];
  return most === undefined ? null : { redone: [...most.redone], kept: most.kept };
}

const nameOf = ({ task }: ReopenedTask): string => task.replaceAll("_", " ");

const list = (words: readonly string[]): string =>
  words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;

/** "Runs slide 7 in visual analysis and the 4 tasks after it." */
function runsWords(tasks: readonly ReopenedTask[]): string {
  const redone = tasks.filter(({ isRedone }) => isRedone);
  const first = redone.filter(({ after }) => after.every((index) => !tasks[index]?.isRedone));
  const later = redone.length - first.length;
  const begun = list(first.map((task) => slideWords(task) + nameOf(task)));
  const it = first.length === 1 ? "it" : "them";
  const rest = later === 0 ? "" : ` and the ${later === 1 ? "task" : `${later} tasks`} after ${it}`;
  return `Runs ${begun}${rest}.`;
}

const namedMax = 8;

function slideWords({ slides }: ReopenedTask): string {
  if (slides === null) return "";
  const { redone, kept } = slides;
  if (redone.length === 0) return "what follows from the slides in ";
  if (kept === 0) return redone.length === 1 ? "its slide in " : `all ${redone.length} slides in `;
  if (redone.length > namedMax) return `${redone.length} slides in `;
  return `${redone.length === 1 ? "slide" : "slides"} ${redone.join(", ")} in `;
}

function keepsWords(tasks: readonly ReopenedTask[], slides: ReopenPlan["slides"]): string {
  const done = tasks.filter(({ isRedone, wasDone }) => wasDone && !isRedone).length;
  const kept = [
    ...(slides === null || slides.kept === 0
      ? []
      : [`${slides.kept} finished ${slides.kept === 1 ? "slide" : "slides"}`]),
    ...(done === 0 ? [] : [`${done} finished ${done === 1 ? "task" : "tasks"}`]),
  ];
  return kept.length === 0 ? "Keeps nothing of what is finished." : `Keeps ${list(kept)}.`;
}

/** Below this many, an estimate says of how many it is. */
const samplesFew = 20;

function takesWords({ seconds, microUsd, n }: Pick<ReopenPlan, "seconds" | "microUsd" | "n">) {
  if (seconds === null) return `No time estimate yet (${n} ${n === 1 ? "sample" : "samples"}).`;
  const cost =
    microUsd === null
      ? "no cost estimate yet"
      : microUsd === 0
        ? "nobody charges for it"
        : `about ${dollars(microUsd)}`;
  const few = n < samplesFew ? ` (few samples: ${n})` : ` (n=${n})`;
  return `About ${durationWords(seconds)}, ${cost}${few}.`;
}

function poolWords({ pool, state, start }: PoolFacts): string {
  const name = pool.charAt(0).toUpperCase() + pool.slice(1);
  switch (state) {
    case "warm":
      return "";
    case "starting":
      return `${name} is starting.`;
    case "paused":
      return `${name} is paused: it waits until somebody resumes it.`;
    case "cold":
      return start === null
        ? `${name} is cold; how long its start takes is not known yet.`
        : `${name} is cold: +${durationWords(start.p50Seconds)}.`;
  }
}
