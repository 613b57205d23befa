import type { Stream } from "./chance.ts";
import { type Distribution, draw } from "./distribution.ts";

/** How long work takes, as a file: learned from attempts, or given. Plain JSON; durations are seconds. */
export interface ServiceTimes {
  /** Where the figures come from, for people. */
  readonly source: string;
  /** Slides of a document. */
  readonly slides: Distribution;
  /**
   * Seconds a slide of `visual_analysis`: log-normal, with one effect a document (its slides are all
   * dense, or all light) and one a slide.
   */
  readonly slideSeconds: {
    readonly median: number;
    readonly documentLnSd: number;
    readonly slideLnSd: number;
  };
  /** Each other task, by its name. */
  readonly tasks: Readonly<Record<string, TaskTime>>;
  /** Share of documents that a task applies to, 0..1; absent, or a task that is not named: all. Else it takes no time. */
  readonly applies?: Readonly<Record<string, number>> | undefined;
}

export type TaskTime =
  /** A fixed multiple of the document's visual analysis. */
  { readonly kind: "of-visual"; readonly factor: number } | Distribution;

/** Whole milliseconds, and never none. */
const msOf = (seconds: number): number => Math.max(1, Math.round(1000 * seconds));

/** The slides of one document. The stream stands at its beginning. */
export function slidesOf(service: ServiceTimes, stream: Stream): number[] {
  const count = Math.max(1, Math.round(draw(service.slides, stream)));
  const { median, documentLnSd, slideLnSd } = service.slideSeconds;
  const pace = median * Math.exp(documentLnSd * stream.normal());
  const slideMs = new Array<number>(count);
  for (let slide = 0; slide < count; slide += 1) {
    slideMs[slide] = msOf(pace * Math.exp(slideLnSd * stream.normal()));
  }
  return slideMs;
}

/** Work of a task other than `visual_analysis`. Throws Error where the file does not name it. */
export function taskMsOf(
  service: ServiceTimes,
  task: string,
  visualMs: number,
  stream: Stream,
): number {
  const time = service.tasks[task];
  if (time === undefined) throw new Error(`no service time is given for ${task}`);
  const share = service.applies?.[task];
  if (share !== undefined && stream.next() >= share) return msOf(0);
  if (time.kind === "of-visual") return Math.max(1, Math.round(visualMs * time.factor));
  return msOf(draw(time, stream));
}
