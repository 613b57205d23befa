import type { Style } from "../style.ts";
import { widthOf } from "../text.ts";

/** Columns as wide as what stands in them; those named in `left` begin at their left edge. */
export function tableText(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  { colors }: Style,
  left: readonly number[],
): string {
  const widths = heads.map((head, at) =>
    Math.max(widthOf(head), ...rows.map((row) => widthOf(row[at] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, at) => {
        const blanks = " ".repeat(Math.max(0, (widths[at] ?? 0) - widthOf(text)));
        return left.includes(at) ? text + blanks : blanks + text;
      })
      .join("  ")
      .trimEnd();
  return [colors.dim(line(heads)), ...rows.map(line)].join("\n");
}
