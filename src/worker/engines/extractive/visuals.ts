import type { SlideAnalysis } from "../../../contract/results.ts";
import type { Box, PageChart, PageFacts, PageTable, TextLine } from "../../../pdf/types.ts";

type Visual = SlideAnalysis["visuals"][number];

const wholePage = "A picture fills the page.";
const pictureShareMin = 0.015;
const axisNumber =
  /^(?:[<>~≈]?\s?[$€£]?-?\d[\d.,]*\s?(?:%|k|m|b|bn|mm)?[$€£]?|Q[1-4](?:\s?['’]?\d\d)?|(?:FY)?['’]?(?:19|20)?\d\d[EFA]?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*)$/iu;

const place = (box: Box): string => {
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  const row = y < 0.34 ? "top" : y > 0.66 ? "bottom" : "";
  const column = x < 0.36 ? "left" : x > 0.64 ? "right" : "";
  if (row === "" && column === "") return "in the middle";
  return `at the ${[row, column].filter(Boolean).join(" ")}`;
};

function pictures(images: readonly Box[]): Visual[] {
  return images
    .map((box) => ({ box, share: Math.min(1, box.width * box.height) }))
    .filter(({ share }) => share >= pictureShareMin)
    .sort((a, b) => b.share - a.share)
    .slice(0, 12)
    .map(({ box, share }) => ({
      kind: "picture" as const,
      note:
        share > 0.85
          ? wholePage
          : `A picture ${place(box)}, ${Math.round(share * 100)} % of the page.`,
    }));
}

/** The largest group of values that agree within `slack`. */
function largestGroup(values: readonly number[], slack: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  let best = 0;
  let from = 0;
  sorted.forEach((value, index) => {
    while (value - (sorted[from] ?? value) > slack) from++;
    best = Math.max(best, index - from + 1);
  });
  return best;
}

/** "1", "02": steps and list numbers, not an axis. */
const stepNumber = /^(?:0?[1-9]|1[0-2])$/;

/** Numbers or dates in one row or one column, as along an axis. */
function axisLabels(lines: readonly TextLine[]): number {
  const marks = lines.filter(
    (line) => line.text.length <= 12 && axisNumber.test(line.text) && !stepNumber.test(line.text),
  );
  const rights = marks.map((line) => line.x + line.width);
  const rows = marks.map((line) => line.y + line.height / 2);
  const lefts = marks.map((line) => line.x);
  return Math.max(
    largestGroup(rights, 0.012),
    largestGroup(lefts, 0.008),
    largestGroup(rows, 0.012),
  );
}

interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** Rows of at least three cells whose left edges or middles repeat from row to row. */
function gridOf(lines: readonly TextLine[]): Grid | null {
  const rows: TextLine[][] = [];
  for (const line of [...lines].sort((a, b) => a.y - b.y)) {
    const row = rows.at(-1);
    const anchor = row?.[0];
    if (row && anchor && Math.abs(anchor.y - line.y) < 0.6 * anchor.height) row.push(line);
    else rows.push([line]);
  }
  const wide = rows.filter((row) => row.length >= 3 && row.every((cell) => cell.width < 0.45));
  if (wide.length < 3) return null;
  const first = wide[0] ?? [];
  const repeated = first.filter((cell) => {
    const like = wide.filter((row) =>
      row.some(
        (other) =>
          Math.abs(other.x - cell.x) < 0.02 ||
          Math.abs(other.x + other.width / 2 - cell.x - cell.width / 2) < 0.02,
      ),
    );
    return like.length >= Math.max(3, wide.length * 0.6);
  });
  return repeated.length >= 2 ? { rows: wide.length, columns: first.length } : null;
}

const drawnTable = ({ rows }: PageTable): Visual => ({
  kind: "table",
  note: `A table of ${rows.length} rows and ${rows[0]?.length ?? 0} columns.`,
});

const markNames = { bar: "bars", line: "lines", pie: "slices", scatter: "points" } as const;

function drawnChart(chart: PageChart): Visual {
  const labels = chart.xLabels.length + chart.yLabels.length;
  const told = labels === 0 ? "" : ` and ${labels} labels along its axes`;
  return {
    kind: "chart",
    note: `A ${chart.kind} chart ${place(chart)} with ${chart.marks} ${markNames[chart.kind]}${told}.`,
  };
}

/** Pictures as placed; tables and charts as drawn, else tables by aligned cells, charts by axis labels over drawn paths. */
export function visualsOf(facts: PageFacts, lines: readonly TextLine[], ocr: boolean): Visual[] {
  // A page that is one picture shows its content by its words, not by being a picture.
  const found = pictures(facts.images).filter(({ note }) => !(ocr && note === wholePage));
  found.push(...facts.tables.map(drawnTable), ...facts.charts.map(drawnChart));
  if (facts.tables.length + facts.charts.length > 0) return found;
  const grid = gridOf(lines);
  const labels = axisLabels(lines);
  // On a page that is one picture no paths are seen, so the labels have to carry it alone.
  const least = grid ? Math.max(5, grid.rows + 1, grid.columns + 1) : ocr ? 5 : 4;
  const chart = labels >= least && (facts.paths >= 8 || ocr);
  if (grid && !chart) {
    found.push({
      kind: "table",
      note: `A table of about ${grid.rows} rows and ${grid.columns} columns.`,
    });
  }
  if (chart) found.push({ kind: "chart", note: `A chart with ${labels} labels along an axis.` });
  const short = lines.filter((line) => line.text.length < 40).length;
  if (!grid && !chart && facts.paths >= 40 && short >= 5) {
    found.push({ kind: "diagram", note: `A diagram of ${facts.paths} drawn shapes with labels.` });
  }
  return found;
}
