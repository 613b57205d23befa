import { type Cell, csvText } from "../../core/text/csv.ts";
import type { CostRow } from "./rows.ts";

const parts = ["busy", "coldStart", "idle", "wasted", "total"] as const;
const columnOf = {
  busy: "busy",
  coldStart: "cold_start",
  idle: "idle",
  wasted: "wasted",
  total: "total",
};

/** Millionths of a dollar as dollars with all six digits: nothing is rounded. */
const usdText = (microUsd: number): string => {
  const whole = Math.abs(microUsd);
  const digits = String(whole % 1_000_000).padStart(6, "0");
  return `${microUsd < 0 ? "-" : ""}${Math.floor(whole / 1_000_000)}.${digits}`;
};

/** The rows of a report; the total of a column is the sum of its cells. Times and days are UTC. */
export function costsCsv(report: {
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly asOf: string;
  readonly rows: readonly CostRow[];
  readonly total: { readonly source: string };
}): string {
  const { by, from, to, asOf, total } = report;
  const columns = [
    ...[by, "name", "runs"],
    ...parts.map((part) => `${columnOf[part]}_usd`),
    "estimated_usd",
    ...parts.map((part) => `${columnOf[part]}_seconds`),
    ...["from", "to", "as_of", "source"],
  ];
  const rows = report.rows.map(({ key, name, n, split }): Cell[] => [
    ...[key, name, n],
    ...parts.map((part) => usdText(split.microUsd[part])),
    usdText(split.estimatedMicroUsd),
    ...parts.map((part) => split.seconds[part].toFixed(3)),
    ...[from, to, asOf, total.source],
  ]);
  return csvText(columns, rows);
}
