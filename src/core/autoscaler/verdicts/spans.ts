/** A stretch of time in milliseconds of one clock; `toMs` is not part of it, and may be infinite. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const isWithin = (spans: readonly Span[], atMs: number): boolean =>
  spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);

/** How much of `span` none of the others covers, in milliseconds. */
export function uncoveredMs(span: Span, others: readonly Span[]): number {
  let leftMs = 0;
  let atMs = span.fromMs;
  for (const { fromMs, toMs } of others.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs >= span.toMs) break;
    leftMs += Math.max(0, fromMs - atMs);
    atMs = Math.max(atMs, toMs);
  }
  return leftMs + Math.max(0, span.toMs - atMs);
}

/** A phase of a replica as its run has it, in the order in which they were entered. */
export interface PhaseEntry {
  readonly phase: string;
  readonly atMs: number;
}

/**
 * When a replica could take work: from each `ready` to the next phase. A second boot within one run
 * ends one stretch and begins another.
 */
export function readySpans(phases: readonly PhaseEntry[], endedMs: number | null): Span[] {
  return phases.flatMap(({ phase, atMs }, index) => {
    if (phase !== "ready") return [];
    const toMs = phases[index + 1]?.atMs ?? endedMs ?? Number.POSITIVE_INFINITY;
    return toMs > atMs ? [{ fromMs: atMs, toMs }] : [];
  });
}

/** The same times, in order and without overlaps. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last === undefined || span.fromMs > last.toMs) merged.push(span);
    else merged[merged.length - 1] = { ...last, toMs: Math.max(last.toMs, span.toMs) };
  }
  return merged;
}
