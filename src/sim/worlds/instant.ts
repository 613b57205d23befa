const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * An instant as logs and databases write it (`2026-11-23T12:04:07.5Z`, `2026-11-23 12:04:07+01`) in
 * milliseconds since 1970; without a zone it is UTC. null: it is none, or no such day exists.
 */
export function instantMs(text: string): number | null {
  const parts = pattern.exec(text.trim());
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (year === undefined || month === undefined || day === undefined) return null;
  const dayMs = Date.UTC(year, month - 1, day);
  const seen = new Date(dayMs);
  const isDay = seen.getUTCMonth() === month - 1 && seen.getUTCDate() === day;
  if (!isDay || (hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 60) return null;
  const fractionMs = Math.round(Number(`0${parts[7] ?? ""}`) * 1e6) / 1_000;
  const timeMs = ((hour ?? 0) * 60 + (minute ?? 0)) * 60_000 + (second ?? 0) * 1_000 + fractionMs;
  return dayMs + timeMs - zoneMs(parts[8]);
}

function zoneMs(zone: string | undefined): number {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? "");
  if (parts === null) return 0;
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  return (parts[1] === "-" ? -1 : 1) * minutes * 60_000;
}
