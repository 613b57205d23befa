import { plural } from "../core/text/one-line.ts";
import type { Style } from "./style.ts";

export { logLine, oneLine, plural } from "../core/text/one-line.ts";

/** Pure helpers for what a terminal shows. */

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const invisible = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that a text without escape sequences takes on a terminal. */
export function widthOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (invisible.test(character)) continue;
    columns += wide.test(character) ? 2 : 1;
  }
  return columns;
}

/** At most `columns` wide; what was cut off is marked. */
export function clip(text: string, columns: number, style: Pick<Style, "unicode">): string {
  if (widthOf(text) <= columns) return text;
  const mark = style.unicode ? "…" : "...";
  const room = columns - widthOf(mark);
  if (room < 0) return "";
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > room) break;
    kept += character;
  }
  return `${kept.trimEnd()}${mark}`;
}

/** Exactly `columns` wide. */
export function cell(text: string, columns: number, style: Pick<Style, "unicode">): string {
  const shown = clip(text, columns, style);
  return shown + " ".repeat(Math.max(0, columns - widthOf(shown)));
}

/** Lines of at most `columns`, broken at blanks; a longer word stands alone, whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}

/** `0.4 s`, `6.2 s`, `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Time left as people say it: `~8 s`, `~2-3 min`; never finer than it is known. */
function etaText(eta: { readonly p50Seconds: number; readonly p90Seconds: number }): string {
  const inMinutes = eta.p90Seconds >= 90;
  const scale = inMinutes ? 60 : 1;
  const low = Math.max(1, Math.round(eta.p50Seconds / scale));
  const high = Math.max(low, Math.ceil(eta.p90Seconds / scale));
  const range = low === high || !inMinutes ? `${inMinutes ? high : low}` : `${low}-${high}`;
  return `~${range} ${inMinutes ? "min" : "s"}`;
}

/** Time left with what it rests on, or that there is no estimate, and why not. */
export function leftText({
  eta,
  samples,
}: {
  readonly eta: {
    readonly p50Seconds: number;
    readonly p90Seconds: number;
    readonly n: number;
  } | null;
  readonly samples: number;
}): string {
  if (eta !== null) return `${etaText(eta)} left (n=${eta.n})`;
  return samples < 3 ? `no estimate yet (${plural(samples, "sample")})` : "no estimate";
}

/** `12:04:07`, with a `Z` in UTC. */
export function clockText(atMs: number, utc: boolean): string {
  const at = new Date(atMs);
  if (utc) return `${at.toISOString().slice(11, 19)}Z`;
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** `2026-11-23 12:04:07`, with a `Z` in UTC. */
export function dateText(iso: string, utc: boolean): string {
  const at = new Date(iso);
  if (utc) return `${at.toISOString().slice(0, 19).replace("T", " ")}Z`;
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()];
  const date = day.map((part) => String(part).padStart(2, "0")).join("-");
  return `${date} ${clockText(at.getTime(), false)}`;
}
