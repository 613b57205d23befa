import type { Finding, SlideView } from "../api/types.ts";
import type { Tone } from "./event-data.ts";

export type Severity = Finding["severity"];

/** Worst first. */
export const severityOrder: readonly Severity[] = ["critical", "major", "minor", "note", "praise"];

export const severityTone: Readonly<Record<Severity, Tone>> = {
  critical: "bad",
  major: "warn",
  minor: "plain",
  note: "plain",
  praise: "good",
};

export const bySeverity = <F extends Finding>(findings: readonly F[]): readonly F[] =>
  [...findings].sort(
    (a, b) => severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity),
  );

/** "2 major, 1 minor"; empty where there is nothing. */
export function findingsWords(slide: SlideView): string {
  const findings = slide.feedback?.findings ?? [];
  return severityOrder
    .map((severity) => ({ severity, n: findings.filter((f) => f.severity === severity).length }))
    .filter(({ n }) => n > 0)
    .map(({ severity, n }) => `${n} ${severity}`)
    .join(", ");
}
