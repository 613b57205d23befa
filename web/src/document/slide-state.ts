import type { DocumentSummary, SlideView } from "../api/types.ts";
import { durationWords, etaWords } from "../lib/format.ts";
import { severityOrder } from "../lib/severity.ts";

export interface SlideChip {
  readonly words: string;
  readonly tone: "plain" | "good" | "warn" | "bad" | "accent";
}

/** What there is to mend: praise is none. */
export const hasFindings = ({ feedback }: SlideView): boolean =>
  (feedback?.findings ?? []).some(({ severity }) => severity !== "praise");

/** One or two words on where a slide stands. */
export function slideChip(slide: SlideView, isReading: boolean): SlideChip {
  if (slide.state === "failed") return { words: "failed", tone: "bad" };
  if (slide.state === "not_read") return { words: "not read", tone: "plain" };
  if (slide.state === "waits") {
    return isReading ? { words: "reading", tone: "accent" } : { words: "waits", tone: "plain" };
  }
  if (slide.feedback === null) return { words: "read", tone: "plain" };
  const findings = slide.feedback.findings;
  const worst = severityOrder.find((severity) => findings.some((one) => one.severity === severity));
  if (worst === undefined || worst === "praise") return { words: "clear", tone: "good" };
  const n = findings.filter(({ severity }) => severity === worst).length;
  const tone = worst === "critical" ? "bad" : worst === "major" ? "warn" : "plain";
  return { words: `${n} ${worst}`, tone };
}

type Task = DocumentSummary["pipeline"]["progress"]["tasks"][number];

/** The slide that is being read now; null: none is. Slides are read in order. */
export function readingNow(task: Task | undefined, slides: readonly SlideView[]): number | null {
  if (task?.state !== "leased") return null;
  const next = slides.find((slide) => slide.analysis === null && slide.failure === null);
  return next?.slide ?? null;
}

/** Why this slide has no reading yet, and when it may have one. */
export function slideWait(
  { pipeline }: DocumentSummary,
  slide: number,
  slides: readonly SlideView[],
): string {
  const task = pipeline.progress.tasks.find((one) => one.task === "visual_analysis");
  const now = readingNow(task, slides);
  if (now === null) return "";
  if (slide <= now) return `Slide ${slide} is being read now. What is seen on it shows here.`;
  const before = slides.filter(
    (one) => one.slide < slide && one.analysis === null && one.failure === null,
  ).length;
  const ahead = `Slides are read in order: ${before} ${before === 1 ? "is" : "are"} before slide ${slide}.`;
  const each = perSlideSeconds(task, pipeline);
  const wait =
    each === null
      ? "There is no estimate yet."
      : `About ${durationWords(Math.max(1, each * before))}; for the document ${etaWords(pipeline.progress.eta)}.`;
  return `${ahead} ${wait}`;
}

/** From what this document has shown so far. */
function perSlideSeconds(
  task: Task | undefined,
  pipeline: DocumentSummary["pipeline"],
): number | null {
  const done = task?.done ?? 0;
  if (done < 3 || pipeline.startedAt === null) return null;
  const since = Date.parse(pipeline.progress.updatedAt) - Date.parse(pipeline.startedAt);
  return since <= 0 ? null : since / 1000 / done;
}
