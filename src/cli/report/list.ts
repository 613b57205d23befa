import type { DocumentSummary } from "../../contract/documents.ts";
import { severities } from "../../contract/results.ts";
import { withMark } from "../../core/portfolio/version-words.ts";
import type { Style } from "../style.ts";
import { cell, clip, dateText, oneLine, secondsText, widthOf } from "../text.ts";

export interface ListView {
  readonly utc: boolean;
  /** Of the terminal; null: names are never cut. */
  readonly columns: number | null;
  readonly nowMs: number;
}

const widths = { progress: 18, findings: 16, ended: 17 };
const nameMin = 16;

/** One line a document, with the columns of the page's list in its order. */
export function listText(
  documents: readonly DocumentSummary[],
  style: Style,
  { utc, columns, nowMs }: ListView,
): string {
  const { colors } = style;
  const ids = Math.max(8, ...documents.map(({ id }) => id.length));
  const names = documents.map(nameText);
  const longest = Math.max(nameMin, ...names.map(widthOf));
  const without = (columns ?? longest * 9) - ids - widths.progress - widths.ended - 3;
  // On a narrow terminal names are worth more than counts.
  const hasFindings = without - widths.findings - 1 >= nameMin;
  const left = hasFindings ? without - widths.findings - 1 : without;
  const room = columns === null ? longest : Math.min(longest, Math.max(nameMin, left));
  const line = (parts: readonly string[]): string => parts.join(" ").trimEnd();
  const head = [
    cell("DOCUMENT", ids, style),
    cell("NAME", room, style),
    cell("PROGRESS", widths.progress, style),
    ...(hasFindings ? [cell("FINDINGS", widths.findings, style)] : []),
    "ENDED",
  ];
  const lines = documents.map((document, index) => {
    const { state } = document.pipeline;
    const tints = { done: colors.green, failed: colors.red, done_with_gaps: colors.yellow };
    const tint = tints[state as "done"] ?? ((text: string) => text);
    return line([
      cell(document.id, ids, style),
      cell(names[index] ?? "", room, style),
      tint(cell(progressText(document), widths.progress, style)),
      ...(hasFindings ? [cell(findingsText(document), widths.findings, style)] : []),
      clip(endedText(document, utc, nowMs), widths.ended, style),
    ]);
  });
  return [colors.dim(line(head)), ...lines].join("\n");
}

const nameText = (document: DocumentSummary): string => {
  const { name, company } = document;
  return oneLine(withMark(company === null ? name : `${name} (${company})`, document));
};

function progressText({ pipeline }: DocumentSummary): string {
  const { state, progress, status } = pipeline;
  return state === "active" ? `${progress.percent} % ${status.name}` : status.name;
}

/** `13, 1 critical`: all there is to mend, and how many of the worst kind. */
function findingsText({ findings }: DocumentSummary): string {
  if (findings === null) return "-";
  const mended = severities.filter((severity) => severity !== "praise" && findings[severity] > 0);
  const [worst] = mended;
  if (worst === undefined) return "none";
  const all = mended.reduce((sum, severity) => sum + findings[severity], 0);
  return `${all}, ${findings[worst]} ${worst}`;
}

function endedText({ pipeline }: DocumentSummary, utc: boolean, nowMs: number): string {
  if (pipeline.finishedAt !== null) {
    return dateText(pipeline.finishedAt, utc).replace(/:\d\d(Z?)$/, "$1");
  }
  return `for ${secondsText(Math.max(0, (nowMs - Date.parse(pipeline.createdAt)) / 1000))}`;
}
