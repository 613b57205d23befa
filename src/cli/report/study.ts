import { hoursOf } from "../../sim/study/report.ts";
import type { PolicySummary } from "../../sim/study/summary.ts";
import type { Style } from "../style.ts";
import { cell, widthOf } from "../text.ts";

/** Figures of policies as a table. Text is ready "on time": of all, within 30 s, of those where it could be. */
export function studyText(
  summaries: readonly PolicySummary[],
  style: Style,
  columns: number | null,
): string {
  const rows = summaries.map(figuresOf);
  const widths = heads.map((head, at) =>
    Math.max(widthOf(head), ...rows.map((row) => widthOf(row[at] ?? ""))),
  );
  const names = summaries.map(({ policy }) => policy);
  const nameWidth = Math.max(6, ...names.map(widthOf));
  const line = (cells: readonly string[]): string =>
    cells.map((text, at) => text.padStart(widths[at] ?? 0)).join("  ");
  const head = line(heads);
  // A name that leaves no room for its figures stands above them.
  const isNarrow = columns !== null && nameWidth + 2 + widthOf(head) > columns;
  const indent = isNarrow ? "  " : "";
  const first = isNarrow ? indent : cell("POLICY", nameWidth + 2, style);
  const lines = rows.flatMap((row, at) => {
    const name = names[at] ?? "";
    return isNarrow
      ? [style.colors.bold(name), indent + line(row)]
      : [`${style.colors.bold(name)}${" ".repeat(nameWidth + 2 - widthOf(name))}${line(row)}`];
  });
  return [style.colors.dim(first + head), ...lines].join("\n");
}

const heads = [
  "$/DOC",
  "P50",
  "P95",
  "TEXT WAIT",
  "ON TIME",
  "30 S",
  "FEASIBLE",
  "BUSY",
  "COLD",
  "IDLE H",
];

function figuresOf(summary: PolicySummary): string[] {
  const { figures } = summary;
  const hours = hoursOf(summary);
  const { share, low, high } = figures.onTimeFeasible;
  const interval = share === null ? "-" : `${percent(share)} (${whole(low)}-${whole(high)})`;
  return [
    (figures.usdPerDocument ?? 0).toFixed(4),
    minutes(figures.completionP50Ms),
    minutes(figures.completionP95Ms),
    minutes(figures.meanTextWaitMs),
    percent(figures.onTime.share),
    percent(figures.within30s.share),
    interval,
    ...[hours.busy, hours.cold, hours.idle].map((value) => value.toFixed(1)),
  ];
}

const percent = (share: number | null): string =>
  share === null ? "-" : `${(share * 100).toFixed(1)} %`;
const whole = (share: number): string => (share * 100).toFixed(1);

/** `52 s`, `6m 17s`, `1h 05m`. */
export function minutes(ms: number | null): string {
  if (ms === null) return "-";
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const whole = Math.floor(seconds / 60);
  if (whole < 60) return `${whole}m ${String(seconds % 60).padStart(2, "0")}s`;
  return `${Math.floor(whole / 60)}h ${String(whole % 60).padStart(2, "0")}m`;
}
