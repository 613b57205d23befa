import type { DocumentSummary } from "../../contract/documents.ts";
import type { ListedCost } from "../../contract/listed-costs.ts";
import { severities } from "../../contract/results.ts";
import { costWords } from "../../core/cost/cost-words.ts";
import { withMark } from "../../core/portfolio/version-words.ts";
import type { Style } from "../style.ts";
import { cell, clip, dateText, oneLine, secondsText, widthOf } from "../text.ts";

export interface ListView {
  readonly utc: boolean;
  /** Of the terminal; null: names are never cut. */
  readonly columns: number | null;
  readonly nowMs: number;
}

const widths = { progress: 18, findings: 16, cost: 12, ended: 17 };
const nameMin = 16;

/** Of a row; null: it was deleted meanwhile. */
export type ListedDocument = DocumentSummary & { readonly cost: ListedCost | null };

/** One line a document, with the columns of the page's list in its order. */
export function listText(
  documents: readonly ListedDocument[],
  style: Style,
  { utc, columns, nowMs }: ListView,
): string {
  const { colors } = style;
  const ids = Math.max(8, ...documents.map(({ id }) => id.length));
  const names = documents.map(nameText);
  const longest = Math.max(nameMin, ...names.map(widthOf));
  const without = (columns ?? longest * 9) - ids - widths.progress - widths.ended - 3;
  // On a narrow terminal names are worth more than money, and that more than counts.
  const hasCost = without - widths.cost - 1 >= nameMin;
  const besideCost = hasCost ? without - widths.cost - 1 : without;
  const hasFindings = besideCost - widths.findings - 1 >= nameMin;
  const left = hasFindings ? besideCost - widths.findings - 1 : besideCost;
  const room = columns === null ? longest : Math.min(longest, Math.max(nameMin, left));
  const line = (parts: readonly string[]): string => parts.join(" ").trimEnd();
  const head = [
    cell("DOCUMENT", ids, style),
    cell("NAME", room, style),
    cell("PROGRESS", widths.progress, style),
    ...(hasFindings ? [cell("FINDINGS", widths.findings, style)] : []),
    ...(hasCost ? [cell("COST", widths.cost, style)] : []),
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
      ...(hasCost ? [cell(costText(document), widths.cost, style)] : []),
      clip(endedText(document, utc, nowMs), widths.ended, style),
    ]);
  });
  return [colors.dim(line(head)), ...lines].join("\n");
}

const nameText = (document: DocumentSummary): string => {
  const { name, company } = document;
  return oneLine(withMark(company === null ? name : `${name} (${company})`, document));
};

/** With a mark where it is not the last word; `status` and `cost document` say all of it. */
function costText({ cost, pipeline }: ListedDocument): string {
  if (cost === null) return "-";
  const isOpen = pipeline.finishedAt === null;
  const { amount, note } = costWords(cost, isOpen, secondsText);
  return cost.microUsd !== null && note.startsWith("so far") ? `${amount} so far` : amount;
}

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
