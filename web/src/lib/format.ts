/** Numbers as people read them. Pure; "now" is a parameter. */

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

export const documentsWords = (count: number): string => plural(count, "document");
export const slidesWords = (count: number): string => plural(count, "slide");

/** 110 -> "1 min 50 s". Whole hours drop the seconds. */
export function durationWords(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "0 s";
  if (seconds > 0 && seconds < 1) return "under 1 s";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) {
    const rest = whole % 60;
    return `${Math.floor(whole / 60)} min${rest === 0 ? "" : ` ${rest} s`}`;
  }
  const minutes = Math.floor((whole % 3600) / 60);
  return `${Math.floor(whole / 3600)} h${minutes === 0 ? "" : ` ${minutes} min`}`;
}

const dayMs = 86_400_000;

/** "2 min ago" within a day, the date after that. A moment ahead of us counts as now. */
export function agoWords(instant: string, nowMs: number): string {
  const passedMs = nowMs - Date.parse(instant);
  if (Number.isNaN(passedMs)) return "at an unknown time";
  if (passedMs < 5000) return "just now";
  if (passedMs < 60_000) return `${Math.floor(passedMs / 1000)} s ago`;
  if (passedMs < 3_600_000) return `${Math.floor(passedMs / 60_000)} min ago`;
  if (passedMs < dayMs) return `${Math.floor(passedMs / 3_600_000)} h ago`;
  return dayWords(instant);
}

/** Local time and UTC, for hover and focus. */
export function momentWords(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const utc = date.toISOString().slice(0, 19).replace("T", " ");
  return `${date.toLocaleString("en-GB")} local, ${utc} UTC`;
}

export const clockWords = (instant: string): string =>
  new Date(instant).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });

/** "26 Nov 2026": a day, for what a clock alone would not tell. */
export const dayWords = (instant: string): string =>
  new Date(instant).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
  });

export function bytesWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

/** Fewer than this and a percentile says little. */
const fewSamples = 20;

/**
 * Time left as a range: "about 2-3 min left"; a range that rounds to one value is said once.
 * @param samples measured so far; given, it is said why there is no estimate
 */
export function etaWords(
  eta: { p50Seconds: number; p90Seconds: number } | null,
  samples?: number,
): string {
  if (eta === null) return noEtaWords(samples);
  const low = roundEta(eta.p50Seconds);
  const high = Math.max(low, roundEta(eta.p90Seconds));
  if (low === high) return `about ${durationWords(low)} left`;
  if (high < 60) return `about ${low}-${high} s left`;
  const isWhole = low >= 60 && low % 60 === 0 && high % 60 === 0 && high < 3600;
  if (isWhole) return `about ${low / 60}-${high / 60} min left`;
  return `about ${durationWords(low)} to ${durationWords(high)} left`;
}

function noEtaWords(samples: number | undefined): string {
  if (samples === undefined) return "no estimate yet";
  return samples < 3 ? `no estimate yet (${plural(samples, "sample")})` : "no estimate";
}

/** What an estimate rests on: "n = 212"; "n = 7, few samples". */
export const samplesWords = (n: number): string =>
  n < fewSamples ? `n = ${n}, few samples` : `n = ${n}`;

/** An estimate to the second pretends too much. */
function roundEta(seconds: number): number {
  if (seconds < 10) return Math.max(1, Math.round(seconds));
  if (seconds < 60) return Math.round(seconds / 5) * 5;
  if (seconds < 120) return Math.round(seconds / 15) * 15;
  return Math.round(seconds / 60) * 60;
}

const oneSum = (amount: number, currency: string): string => {
  try {
    return new Intl.NumberFormat("en-US", {
      style: "currency",
      currency,
      notation: amount >= 100_000 ? "compact" : "standard",
      maximumFractionDigits: 2,
      minimumFractionDigits: 0,
    }).format(amount);
  } catch {
    // Decks name currencies that are no ISO code; the number is still worth showing.
    return `${currency} ${amount.toLocaleString("en-US")}`.trim();
  }
};

/** 4_500_000 EUR -> "€4.5M"; a range keeps both ends. */
export function moneyWords(amount: number | [number, number], currency: string): string {
  if (typeof amount === "number") return oneSum(amount, currency);
  const [low, high] = amount;
  return low === high
    ? oneSum(low, currency)
    : `${oneSum(low, currency)} to ${oneSum(high, currency)}`;
}

/** "2026-10" -> "October 2026"; a year stays a year. */
export function deckDateWords(date: string): string {
  const [year, month, day] = date.split("-");
  if (month === undefined) return date;
  const at = new Date(`${year}-${month}-${day ?? "01"}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return date;
  return at.toLocaleDateString("en-GB", {
    timeZone: "UTC",
    year: "numeric",
    month: "long",
    ...(day === undefined ? {} : { day: "numeric" }),
  });
}

/** Words first, the number beside them. */
export function confidenceWords(confidence: number): string {
  const percent = Math.round(confidence * 100);
  if (confidence >= 0.85) return `High (${percent} %)`;
  if (confidence >= 0.6) return `Medium (${percent} %)`;
  if (confidence >= 0.3) return `Low (${percent} %)`;
  return `Very low (${percent} %)`;
}

/** [1,2,3,7] -> "1 to 3, 7". */
export function rangesWords(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const n of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && n === last[1] + 1) last[1] = n;
    else ranges.push([n, n]);
  }
  return ranges
    .map(([from, to]) => {
      if (from === to) return `${from}`;
      return to === from + 1 ? `${from}, ${to}` : `${from} to ${to}`;
    })
    .join(", ");
}
