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
