import type { DocumentResults, DocumentSummary } from "../contract/documents.ts";
import { partWords } from "./part-words.ts";
import { type ReportRow, rowsOf } from "./rows.ts";

/** What of the results is told; absent: all of it. */
export interface Choice {
  readonly task?: string | undefined;
  readonly slide?: number | undefined;
}

/** Results of one document, ready to be written in any form. */
export interface Report {
  readonly document: DocumentSummary;
  readonly all: DocumentResults;
  readonly choice: Choice;
  /** What is missing and why, in sentences; empty: it is whole. */
  readonly partial: readonly string[];
  readonly rows: readonly ReportRow[];
}

export function reportOf(
  document: DocumentSummary,
  all: DocumentResults,
  choice: Choice = {},
): Report {
  const { task, slide } = choice;
  const rows = rowsOf(all).filter(
    (row) =>
      (task === undefined || row.task === task) && (slide === undefined || row.slide === slide),
  );
  return { document, all, choice, partial: partWords(document, all), rows };
}

/** `aurora.partial.csv`: a file says by its name that something is missing. */
export function fileName({ document, all, partial }: Report, extension: string): string {
  const stem = document.name.replace(/\.(pdf|pptx|odp)$/i, "").replace(/[\p{Cc}/\\]+/gu, " ");
  const older = all.generation < document.pipeline.generation;
  const marks = [
    ...(older ? [`generation-${all.generation}`] : []),
    ...(partial.length > 0 ? ["partial"] : []),
  ];
  return [stem.trim() === "" ? "document" : stem.trim(), ...marks, extension].join(".");
}
