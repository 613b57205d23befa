import type { Judged, Span } from "./job.ts";

/** So much of a trace passes before it counts: policies that learn begin with nothing. */
export const warmUpShare = 0.05;
/** Blocks of a twentieth of the span: what depends on each other mostly lies in one. */
const blocks = 20;
const dayMs = 86_400_000;

/** The stretch of a trace that counts: all but its beginning. Throws RangeError without arrivals. */
export function judgedOf(arrivalsMs: readonly number[], share = warmUpShare): Judged {
  const [first, last] = [arrivalsMs[0], arrivalsMs.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError("a study needs arrivals");
  const untilMs = last + 1;
  return { fromMs: first + share * (untilMs - first), untilMs, blocks };
}

/**
 * A day to look at: of the whole days of the stretch, the one whose number of uploads is the median. A
 * shorter stretch is looked at whole.
 */
export function typicalDay(arrivalsMs: readonly number[], { fromMs, untilMs }: Span): Span {
  const days = Math.floor((untilMs - fromMs) / dayMs);
  if (days < 1) return { fromMs, untilMs };
  const counts = new Array<number>(days).fill(0);
  for (const ms of arrivalsMs) {
    const day = Math.floor((ms - fromMs) / dayMs);
    if (day >= 0 && day < days) counts[day] = (counts[day] ?? 0) + 1;
  }
  const median = counts.toSorted((a, b) => a - b)[Math.floor(days / 2)] ?? 0;
  const day = counts.indexOf(median);
  return { fromMs: fromMs + day * dayMs, untilMs: fromMs + (day + 1) * dayMs };
}
