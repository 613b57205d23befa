/** One case that a promise was about. */
export interface SloEvent {
  readonly atMs: number;
  readonly isGood: boolean;
}

export interface SloCount {
  readonly good: number;
  readonly n: number;
}

/** How fast a budget is used up in one window. */
export interface Burn extends SloCount {
  /** 1: just as fast as allowed; null: there was no case. */
  readonly rate: number | null;
}

export interface ErrorBudget extends SloCount {
  /** Share that was kept; null: there was no case. */
  readonly share: number | null;
  /** 1: all of it is left; below 0: more than it is gone. Without a case it is unchanged: 1. */
  readonly left: number;
  readonly burn1h: Burn;
  readonly burn6h: Burn;
  /** When it is spent if the last 6 hours go on; null: never, it is spent, or nobody can tell. */
  readonly goneInMs: number | null;
}

const hourMs = 3_600_000;

/**
 * The budget of a promise that `target` of all cases are good over `windowMs`, and how fast it burns:
 * `burn = (bad / n) / (1 - target)`, over a short and a longer window, so that a blip and a slow leak
 * look different. Source: Google, The Site Reliability Workbook, chapter 5, "Alerting on SLOs" (burn
 * rate; multiple windows). The rest goes at `burn` budgets a window: `gone in = left * window / burn`.
 * @param events any order; those outside of the window do not count
 */
export function errorBudget(
  events: readonly SloEvent[],
  {
    target,
    nowMs,
    windowMs,
  }: { readonly target: number; readonly nowMs: number; readonly windowMs: number },
): ErrorBudget {
  const within = (ms: number): SloCount => countOf(events, nowMs - ms, nowMs);
  const all = within(windowMs);
  const allowed = all.n * (1 - target);
  const bad = all.n - all.good;
  const left = all.n === 0 ? 1 : 1 - bad / allowed;
  const burn = (ms: number): Burn => {
    const count = within(ms);
    return { ...count, rate: burnRate(count, target) };
  };
  const [burn1h, burn6h] = [burn(hourMs), burn(6 * hourMs)];
  return {
    ...all,
    share: all.n === 0 ? null : all.good / all.n,
    left,
    ...{ burn1h, burn6h },
    goneInMs: left > 0 && (burn6h.rate ?? 0) > 0 ? (left * windowMs) / (burn6h.rate ?? 1) : null,
  };
}

function burnRate({ good, n }: SloCount, target: number): number | null {
  return n === 0 ? null : (n - good) / n / (1 - target);
}

function countOf(events: readonly SloEvent[], fromMs: number, untilMs: number): SloCount {
  const inside = events.filter(({ atMs }) => atMs > fromMs && atMs <= untilMs);
  return { n: inside.length, good: inside.filter(({ isGood }) => isGood).length };
}
