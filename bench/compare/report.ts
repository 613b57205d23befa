import { type Figures, figuresOf } from "../../src/sim/judge/figures.ts";
import { judgedAt } from "./contestants.ts";
import { type Comparison, type Goal, percent } from "./goals.ts";
import { costAgainst, lossAgainst, p95Against, readinessOf } from "./intervals.ts";
import type { Result } from "./tournament.ts";

/** A comparison as the result file holds it. */
export function asData(one: Comparison) {
  const { traffic, coldStarts, prices, list, bounds } = one;
  const reference = one.results.find(({ name }) => name === "reference");
  const priceLists = priceListsUpTo(one);
  const rows = rowsOf(one).map((result) => ({
    ...{ name: result.name, settings: result.text },
    figures: figuresOf(result.sum, priceLists, list),
    onTimeFeasibleByBlocks: readinessOf(result),
    againstReference: reference === undefined ? null : againstOf(result, reference, one),
  }));
  const { name, isPrimary, arrivalsMs, capsTimes } = traffic;
  return {
    ...{ traffic: name, isPrimary, documents: arrivalsMs.length, capsTimes },
    ...{ coldStarts, prices: prices.name, bounds, rows },
  };
}

function againstOf(result: Result, reference: Result, { list, prices }: Comparison) {
  const at = { list, prices };
  return {
    cost: costAgainst(result, reference, list),
    p95Ms: result.family === "just-in-time" ? p95Against(result, reference) : null,
    ...Object.fromEntries(
      judgedAt.map((waitPrice) => [
        `J${waitPrice}`,
        lossAgainst(result, reference, { ...at, waitPrice }),
      ]),
    ),
  };
}

const rowsOf = ({ results, oracles }: Comparison): readonly Result[] => [
  ...results,
  ...Object.values(oracles),
];

/** `figuresOf` looks a price list up by its place. */
const priceListsUpTo = ({ prices, list }: Comparison) =>
  Array.from({ length: list + 1 }, () => prices);

const columns = [
  ...["policy", "$/doc", "against reference", "p50 s", "p95 s", "on time", "30 s", "feasible"],
  ...["text wait s", "wasted/100", "busy/cold/idle h", "J4", "J9"],
];

/** The head of a comparison, and its table as rows of cells. */
export function tableOf(one: Comparison): { title: string; rows: readonly (readonly string[])[] } {
  const { traffic, coldStarts, prices, list, bounds } = one;
  const reference = one.results.find(({ name }) => name === "reference");
  const rows = rowsOf(one).map((result) => {
    const figures = figuresOf(result.sum, priceListsUpTo(one), list);
    const cost = reference === undefined ? null : costAgainst(result, reference, list);
    const range =
      cost === null || result === reference
        ? ""
        : `${percent(cost.estimate)} [${percent(cost.low)}, ${percent(cost.high)}]`;
    return cellsOf(result, figures, range);
  });
  const caps = traffic.capsTimes === 1 ? "" : `, ${traffic.capsTimes} x the replicas`;
  const least = bounds.lowerBoundUsd[judgedAt[0]] ?? 0;
  return {
    title:
      `${traffic.name}${caps}: prices ${prices.name}, cold starts ${coldStarts}` +
      ` (no policy below $${usd(least)} a document; nothing waits for $${usd(bounds.zeroWaitUsd)}${bounds.capsBind ? " without the limits" : ""})`,
    rows: [columns, ...rows],
  };
}

function cellsOf({ name, text }: Result, figures: Figures, range: string): readonly string[] {
  const seconds = (ms: number | null) => (ms === null ? "-" : String(Math.round(ms / 1000)));
  const share = (value: number | null) => (value === null ? "-" : `${(100 * value).toFixed(1)} %`);
  const pools = Object.values(figures.hours);
  const hours = [
    pools.reduce((sum, { busy }) => sum + busy, 0),
    pools.reduce((sum, { cold }) => sum + cold, 0),
    pools.reduce((sum, { idle }) => sum + idle, 0),
  ];
  return [
    name === text ? name : `${name} (${text})`,
    usd(figures.usdPerDocument),
    range,
    seconds(figures.completionP50Ms),
    seconds(figures.completionP95Ms),
    share(figures.onTime.share),
    share(figures.within30s.share),
    share(figures.onTimeFeasible.share),
    seconds(figures.meanTextWaitMs),
    figures.wastedStartsPer100?.toFixed(1) ?? "-",
    hours.map((h) => Math.round(h)).join("/"),
    usd(figures.usdWithWaiting[4] ?? null),
    usd(figures.usdWithWaiting[9] ?? null),
  ];
}

const usd = (value: number | null): string => (value === null ? "-" : value.toFixed(4));

/** Columns of the same width, for a terminal. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
  return rows.map((row) => line(row).join("  ")).join("\n");
}

export function asMarkdown(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const [head = [], ...rest] = rows;
  return [line(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rest.map(line)].join("\n");
}

/** Goals as lines: hit or missed, and each trace that misses it. */
export const goalLines = (goals: readonly Goal[]): readonly string[] =>
  goals.flatMap(({ goal, isHit, lines }) => [
    `${isHit ? "HIT   " : "MISSED"} ${goal}`,
    ...lines.map((line) => `         ${line.isHit ? "yes" : "NO "} ${line.text}`),
  ]);
