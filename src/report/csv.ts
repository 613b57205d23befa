import { csvText } from "../core/text/csv.ts";
import { oneLine } from "../core/text/one-line.ts";
import type { Report } from "./report.ts";
import { amountOf, type ReportRow, slidesOfRow, statusOf, valueText } from "./rows.ts";

const heads = [
  ...["kind", "task", "path", "slide", "name", "value", "amount", "unit", "slides", "confidence"],
  ...["grade", "status", "read as", "reviewed by", "review note", "also stated", "why"],
  ...["fix or missing proof", "quotes", "document", "generation", "missing from this export"],
] as const;

/** Fields, answers, claims and findings, a row each; a mark of UTF-8 first, which spreadsheets need. */
export const csvOf = (report: Report): string =>
  `\ufeff${csvText(
    heads,
    report.rows.map((row) => cellsOf(row, report).map(oneLine)),
  )}`;

function cellsOf(row: ReportRow, { document, all, partial }: Report): string[] {
  const { amount, unit } = amountOf(row.value);
  const corrected = row.review?.verdict === "corrected";
  return [
    ...[row.kind, row.task, row.path, row.slide === null ? "" : String(row.slide), row.name],
    ...[row.value === null ? "" : valueText(row.value), amount, unit],
    slidesOfRow(row).join(" "),
    row.confidence === null ? "" : row.confidence.toFixed(2),
    ...[row.grade ?? "", statusOf(row), corrected ? valueText(row.read) : ""],
    ...[row.review?.by ?? "", row.review?.note ?? ""],
    row.conflicts.map(({ value }) => valueText(value)).join("; "),
    ...[row.why, row.fix],
    row.evidence.map(({ slide, quote }) => `slide ${slide}: ${oneLine(quote)}`).join(" | "),
    ...[document.name, String(all.generation), partial.join(" ")],
  ];
}
