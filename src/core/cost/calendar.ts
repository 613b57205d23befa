export const dayMs = 86_400_000;

/** `2026-10-03` -> the first millisecond of that day, UTC. */
export const dayStartMs = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The UTC day that holds an instant. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** Days from one to another, both counted, in their order. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let atMs = dayStartMs(from); atMs <= dayStartMs(to); atMs += dayMs) days.push(dayOf(atMs));
  return days;
}

export interface Month {
  /** `2026-10` */
  readonly month: string;
  readonly fromMs: number;
  /** Not part of it. */
  readonly untilMs: number;
  readonly days: number;
}

/** The calendar month (UTC) that holds a day. */
export function monthOf(day: string): Month {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const [fromMs, untilMs] = [Date.UTC(year, month - 1, 1), Date.UTC(year, month, 1)];
  return { month: day.slice(0, 7), fromMs, untilMs, days: (untilMs - fromMs) / dayMs };
}
