import type { StubMachine } from "./catalogue.ts";
import type { StubBillRow } from "./state.ts";

const quantumMs = 600_000;

/** Paid time of all rows, rounded up row by row or once; what still runs is counted until now. */
export function paidMsOf(
  rows: readonly StubBillRow[],
  rounding: "replica" | "account",
  nowMs: number,
): number {
  const times = rows.map((row) => (row.endedAtMs ?? nowMs) - row.startedAtMs);
  const up = (ms: number): number => Math.ceil(ms / quantumMs) * quantumMs;
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  return rounding === "replica" ? sum(times.map(up)) : up(sum(times));
}

/** The same in dollars, machine by machine. */
export function usdOf(
  rows: readonly StubBillRow[],
  machines: readonly StubMachine[],
  rounding: "replica" | "account",
  nowMs: number,
): number {
  const cost = ({ name, size, ...usd }: StubMachine, spot: boolean): number => {
    const own = rows.filter((row) => row.gpu === name && row.size === size && row.spot === spot);
    const price = (spot ? usd.spotUsd : usd.usd) ?? 0;
    return (paidMsOf(own, rounding, nowMs) / 3_600_000) * price;
  };
  return machines.reduce((sum, one) => sum + cost(one, false) + cost(one, true), 0);
}
