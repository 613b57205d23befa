import type { Run } from "../run-ledger.ts";

export const priceNote =
  "An estimate: paid time at the price each provider told when the machine was rented, in the pieces it bills by. It is not reconciled with an invoice yet.";

const iso = (ms: number): string => new Date(ms).toISOString();

/** Each price that held in the time, with the runs that were paid by it; the newest first. */
export function priceLines(runs: readonly Run[]) {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const { provider, pool, microUsdPerHour, quantumMs, facts } = run;
    const key = JSON.stringify([
      ...[provider, pool, microUsdPerHour, quantumMs],
      ...[facts?.gpu, facts?.region, facts?.spot],
    ]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [run]);
    else known.push(run);
  }
  return [...groups.values()]
    .flatMap((own) => {
      const [run] = own;
      if (run === undefined) return [];
      const times = own.map(({ facts, fromMs }) => facts?.requestedMs ?? fromMs);
      const { provider, pool, microUsdPerHour, quantumMs, facts } = run;
      const { gpu = null, region = null, spot = false } = facts ?? {};
      return [
        {
          ...{ provider, pool, gpu, region, spot, microUsdPerHour },
          quantumSeconds: quantumMs / 1000,
          since: iso(times.reduce((a, b) => Math.min(a, b))),
          until: iso(times.reduce((a, b) => Math.max(a, b))),
          runs: own.length,
        },
      ];
    })
    .sort((a, b) => b.until.localeCompare(a.until));
}

/** Whether what ran has a price. */
export function chargingOf(runs: readonly Run[]) {
  const prices = runs.map(({ microUsdPerHour }) => microUsdPerHour);
  if (prices.length === 0) return "idle" as const;
  if (prices.every((price) => price === null)) return "free" as const;
  if (prices.every((price) => price === "unpriced")) return "unpriced" as const;
  return prices.every((price) => typeof price === "number")
    ? ("charged" as const)
    : ("part" as const);
}
