import type { RunView } from "../../contract/fleet.ts";
import type { Style } from "../style.ts";
import { cell, dateText } from "../text.ts";
import { machineText, usdText } from "./machine.ts";

type Billed = NonNullable<RunView["billed"]>;

/** A run a line: who, since when, how long to ready, paid time, cost, and where it stood. */
export function runsText(runs: readonly RunView[], style: Style, utc: boolean): string {
  const names = Math.max(8, ...runs.map(({ name }) => name.length));
  const line = (...texts: readonly [string, string, string, string, string, string, string]) => {
    const [name, at, ready, paid, cost, end, machine] = texts;
    const left = [cell(name, names, style), cell(at, 20, style), cell(ready, 7, style)];
    const right = [cell(paid, 8, style), cell(cost, 8, style), cell(end, 9, style), machine];
    return [...left, ...right].join(" ").trimEnd();
  };
  const head = line("REPLICA", "REQUESTED", "READY", "PAID", "COST", "END", "MACHINE");
  const lines = runs.map((run) =>
    line(
      run.name,
      dateText(run.requestedAt, utc),
      readyText(run),
      run.billed === null ? "-" : timeText(run.billed.paidSeconds),
      run.billed === null ? "-" : costText(run.billed),
      endText(run),
      `${machineText(run.machine)} ${run.provider}`,
    ),
  );
  const sums = sumText(runs);
  return [style.colors.dim(head), ...lines, ...(sums === null ? [] : ["", sums])].join("\n");
}

const readyText = ({ requestedAt, readyAt }: RunView): string =>
  readyAt === null ? "-" : timeText((Date.parse(readyAt) - Date.parse(requestedAt)) / 1000);

const costText = ({ costUsd }: Billed): string =>
  typeof costUsd === "number" ? usdText(costUsd) : costUsd;

const endText = ({ phase, endedAt, failure }: RunView): string => {
  if (endedAt === null) return phase;
  return failure === null ? "stopped" : "failed";
};

function timeText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Both price books side by side; null when nothing shown was charged for. */
function sumText(runs: readonly RunView[]): string | null {
  const billed = runs.flatMap((run) => (run.billed === null ? [] : [run.billed]));
  if (billed.length === 0) return null;
  const sum = (of: "costUsd" | "prdUsd"): number =>
    billed.reduce((all, one) => all + (typeof one[of] === "number" ? one[of] : 0), 0);
  const missing = billed.filter(({ costUsd }) => costUsd === "unpriced").length;
  const estimated = billed.filter(({ isEstimated }) => isEstimated).length;
  const rest = [
    ...(missing === 0 ? [] : [`; ${missing} without a price`]),
    ...(estimated === 0 ? [] : [`; ${estimated} estimated`]),
  ].join("");
  return `Paid in all: ${usdText(sum("costUsd"))}${rest}. In the prices of the request: ${usdText(sum("prdUsd"))}.`;
}
