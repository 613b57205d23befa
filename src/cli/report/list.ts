import type { DocumentSummary } from "../../contract/documents.ts";
import type { Style } from "../style.ts";
import { cell, clip, dateText, oneLine } from "../text.ts";

/** One line a document. @param columns of the terminal; null: names are never cut */
export function listText(
  documents: readonly DocumentSummary[],
  style: Style,
  { utc, columns }: { readonly utc: boolean; readonly columns: number | null },
): string {
  const { colors } = style;
  const ids = Math.max(8, ...documents.map(({ id }) => id.length));
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - ids - 18 - 20 - 3;
  const lines = documents.map(({ id, name, createdAt, pipeline }) => {
    const { state, progress, status } = pipeline;
    const word = state === "active" ? `${progress.percent} % ${status.name}` : status.name;
    const tints = { done: colors.green, failed: colors.red, done_with_gaps: colors.yellow };
    const tint = tints[state as "done"] ?? ((text: string) => text);
    const parts = [cell(id, ids, style), tint(cell(word, 18, style))];
    return [...parts, cell(dateText(createdAt, utc), 20, style), clip(oneLine(name), room, style)];
  });
  const head = [
    cell("DOCUMENT", ids, style),
    cell("STATE", 18, style),
    cell("ACCEPTED", 20, style),
  ];
  return [colors.dim([...head, "NAME"].join(" ")), ...lines.map((line) => line.join(" "))].join(
    "\n",
  );
}
