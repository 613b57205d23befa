const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A duration as people write it (`300s`, `1.5m`, `250ms`, `0`) in milliseconds, or null when it is
 * not one. A bare number other than 0 is refused: nobody can tell seconds from milliseconds.
 */
export function parseDuration(text: string): number | null {
  if (text.trim() === "0") return 0;
  const parts = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim());
  const factor = unitMs[parts?.[2] ?? ""];
  if (parts === null || factor === undefined) return null;
  const ms = Math.round(Number(parts[1]) * factor);
  return Number.isSafeInteger(ms) ? ms : null;
}
