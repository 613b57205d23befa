import { pitchDeckGraph, visualTask } from "../stages.ts";
import { type ColdStarts, prdColdStarts } from "../worlds/cold-starts.ts";
import type { Distribution } from "../worlds/distribution.ts";
import { pinnedServiceTimes } from "../worlds/pinned-service-times.ts";
import type { ServiceTimes, TaskTime } from "../worlds/service-times.ts";
import type { History, RecordedSlides, RecordedStart, RecordedTask } from "./history.ts";

/** What a history says of work and machines, and what it says too little of. */
export interface Learned {
  readonly service: ServiceTimes;
  readonly coldStarts: ColdStarts;
  /** For people: what was assumed, because there was too little to learn it from. */
  readonly assumed: readonly string[];
}

/** Fewer samples than this are no distribution. */
const samplesMin = 5;
const slidesMin = 20;
const feedbackTask = "slide_feedback";

export function learn(history: History): Learned {
  const assumed: string[] = [];
  const orAssumed = <T>(what: string, learned: T | null, pinned: T): T => {
    if (learned === null) assumed.push(what);
    return learned ?? pinned;
  };
  const pages = history.arrivals.flatMap((one) => one.pages ?? []);
  const slides = orAssumed("slides of a document", spread(pages), pinnedServiceTimes.slides);
  const { slideSeconds } = pinnedServiceTimes;
  const pace = orAssumed("seconds of a slide", paceOf(history.slides), slideSeconds);
  const tasks: Record<string, TaskTime> = {};
  for (const task of pitchDeckGraph.names) {
    const pinned = pinnedServiceTimes.tasks[task];
    if (task === visualTask || pinned === undefined) continue;
    tasks[task] = orAssumed(`seconds of ${task}`, taskTime(task, history.tasks), pinned);
  }
  const pools = Object.fromEntries(
    Object.entries(prdColdStarts.pools).map(([pool, pinned]) => {
      const own = history.starts.filter((one) => one.pool === pool && one.isReady);
      const learned = spread(own.map(({ seconds }) => seconds));
      if (learned === null && pool !== "shared") assumed.push(`cold starts of ${pool}`);
      return [pool, learned === null ? pinned : [learned]] as const;
    }),
  );
  return {
    service: {
      ...{ source: "this installation's own work", slides, slideSeconds: pace, tasks },
      ...appliesOf(history.tasks),
    },
    coldStarts: { name: "own", pools, ...failuresOf(history.starts) },
    assumed,
  };
}

const stepsMax = 200;

/** Measured values as quantiles; null: too few. */
function spread(values: readonly number[]): Distribution | null {
  if (values.length < samplesMin) return null;
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length <= stepsMax + 1) return { kind: "quantiles", values: sorted };
  const at = (step: number): number =>
    sorted[Math.round((step / stepsMax) * (sorted.length - 1))] ?? 0;
  return { kind: "quantiles", values: Array.from({ length: stepsMax + 1 }, (_, n) => at(n)) };
}

/**
 * The log-normal of slides with an effect a document, by the method of moments: the spread within documents
 * is pooled, and what the means of documents differ by beyond it is theirs (one-way analysis of variance).
 */
function paceOf(documents: readonly RecordedSlides[]): ServiceTimes["slideSeconds"] | null {
  const slides = documents.reduce((sum, { n }) => sum + n, 0);
  if (slides < slidesMin || documents.length < samplesMin) return null;
  const mean = documents.reduce((sum, one) => sum + one.n * one.meanLn, 0) / slides;
  const within = documents.reduce((sum, { squaresLn }) => sum + squaresLn, 0);
  const slideVariance = within / Math.max(1, slides - documents.length);
  const plain = documents.reduce((sum, { meanLn }) => sum + meanLn, 0) / documents.length;
  const between =
    documents.reduce((sum, { meanLn }) => sum + (meanLn - plain) ** 2, 0) / (documents.length - 1);
  const inverse = documents.reduce((sum, { n }) => sum + 1 / n, 0) / documents.length;
  return {
    median: Math.exp(mean),
    documentLnSd: Math.sqrt(Math.max(0, between - slideVariance * inverse)),
    slideLnSd: Math.sqrt(slideVariance),
  };
}

function taskTime(task: string, all: readonly RecordedTask[]): TaskTime | null {
  const secondsOf = (name: string): number[] =>
    all
      .filter(({ task: of, applies }) => of === name && applies !== false)
      .map(({ seconds }) => seconds);
  const own = secondsOf(task);
  const visual = secondsOf(visualTask);
  // Feedback reads the same slides: it is long where visual analysis is.
  if (task === feedbackTask && own.length >= samplesMin && visual.length >= samplesMin) {
    return { kind: "of-visual", factor: median(own) / median(visual) };
  }
  return spread(own);
}

/** How often a task has work to do, of those that do not always; absent where all do. */
function appliesOf(all: readonly RecordedTask[]): Pick<ServiceTimes, "applies"> {
  const applies: Record<string, number> = {};
  for (const task of pitchDeckGraph.names) {
    const own = all.filter((one) => one.task === task);
    const skipped = own.filter((one) => one.applies === false).length;
    if (task === visualTask || skipped === 0 || own.length < samplesMin) continue;
    applies[task] = 1 - skipped / own.length;
  }
  return Object.keys(applies).length === 0 ? {} : { applies };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 1;

function failuresOf(starts: readonly RecordedStart[]): Pick<ColdStarts, "failing" | "lostPerHour"> {
  const failed = starts.filter(({ isReady }) => !isReady).length;
  const lost = starts.filter(({ isLost }) => isLost).length;
  const hours = starts.reduce((sum, { readyHours }) => sum + readyHours, 0);
  return {
    failing: starts.length === 0 ? 0 : failed / starts.length,
    lostPerHour: hours > 0 ? lost / hours : 0,
  };
}
