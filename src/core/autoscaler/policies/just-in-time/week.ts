import { normalCdf } from "../../forecast/normal.ts";

/**
 * How often the next upload comes while nothing is needed, by hour of the week. Only time in which the
 * pools have been idle for a while counts, since a busy pool is on anyway: the rate inside a burst
 * says nothing of what holding a replica until the next one costs. Weeks count less by a tenth each.
 */
export type WeekState = {
  /** Up to when idle time is counted; null: counting has not begun. */
  readonly countedToMs: number | null;
  /** By hour of the week: uploads that ended idle time, and hours of it. Empty until there are some. */
  readonly uploads: readonly number[];
  readonly hours: readonly number[];
};

export const emptyWeek: WeekState = { countedToMs: null, uploads: [], hours: [] };

const hourMs = 3_600_000;
const hoursOfWeek = 168;
const hoursOfDay = 24;
const weekly = 0.9;
/** Idle time counts from here on; before it, keep-alive decides. */
const burstMs = 120_000;
/** How many hours of its own an hour of the week needs before it outweighs the same hour of other days. */
const pseudoHours = 4;
/** The weight of the belief before anything was seen: one upload in four hours. */
const prior = { uploads: 1, hours: 4 };
/** More than this without anybody counting is not caught up with: all of it is forgotten by then. */
const catchUpHours = 20 * hoursOfWeek;

/**
 * Counted up to `nowMs`, by whole hours unless an upload came. `idleSinceMs`: since when nothing was
 * needed up to now; null: something was. What is asked between two hours changes nothing.
 */
export function passTime(
  state: WeekState,
  idleSinceMs: number | null,
  nowMs: number,
  isUpload: boolean,
): WeekState {
  const countedToMs = state.countedToMs ?? nowMs;
  const toMs = isUpload ? nowMs : Math.floor(nowMs / hourMs) * hourMs;
  if (state.countedToMs === null) return { ...state, countedToMs };
  const idleFromMs = idleSinceMs === null ? Number.POSITIVE_INFINITY : idleSinceMs + burstMs;
  const endsIdle = isUpload && idleFromMs < nowMs;
  if (toMs <= countedToMs && !endsIdle) return state;
  if (isUpload && !endsIdle && sameHour(countedToMs, toMs)) return state;
  const hours = state.hours.length === 0 ? zeros() : state.hours.slice();
  const uploads = state.uploads.length === 0 ? zeros() : state.uploads.slice();
  let atMs = Math.max(countedToMs, toMs - catchUpHours * hourMs);
  while (atMs < toMs) {
    const slot = slotOf(atMs);
    const endMs = Math.min(toMs, (Math.floor(atMs / hourMs) + 1) * hourMs);
    const idleMs = Math.max(0, endMs - Math.max(atMs, idleFromMs));
    hours[slot] = (hours[slot] ?? 0) + idleMs / hourMs;
    atMs = endMs;
    if (endMs % hourMs === 0) age(hours, uploads, slotOf(endMs));
  }
  if (endsIdle) uploads[slotOf(nowMs)] = (uploads[slotOf(nowMs)] ?? 0) + 1;
  return { countedToMs: Math.max(countedToMs, toMs), uploads, hours };
}

/** A new hour begins: what was counted in it in earlier weeks counts less. */
function age(hours: number[], uploads: number[], slot: number): void {
  hours[slot] = Math.round((hours[slot] ?? 0) * weekly * 1e4) / 1e4;
  uploads[slot] = Math.round((uploads[slot] ?? 0) * weekly * 1e4) / 1e4;
}

const sameHour = (one: number, other: number): boolean =>
  Math.floor(one / hourMs) === Math.floor(other / hourMs);
const slotOf = (atMs: number): number => Math.floor(atMs / hourMs) % hoursOfWeek;
const zeros = (): number[] => new Array<number>(hoursOfWeek).fill(0);

/** A gamma distribution of uploads an hour. */
export interface Rate {
  readonly shape: number;
  /** In hours: the mean is `shape / hours`. */
  readonly hours: number;
}

/**
 * What is believed of the uploads an hour at this time: Gamma(1 + n, beta + exposure) with the counts of
 * this hour of the week, shrunk to the mean of the same hour of all days, which counts as four hours.
 */
export function rateAt(state: WeekState, nowMs: number): Rate {
  const slot = slotOf(nowMs);
  let dayUploads = 0;
  let dayHours = 0;
  for (let other = slot % hoursOfDay; other < hoursOfWeek; other += hoursOfDay) {
    dayUploads += state.uploads[other] ?? 0;
    dayHours += state.hours[other] ?? 0;
  }
  const dayMean = (prior.uploads + dayUploads) / (prior.hours + dayHours);
  return {
    shape: 1 + (state.uploads[slot] ?? 0) + pseudoHours * dayMean,
    hours: prior.hours + (state.hours[slot] ?? 0) + pseudoHours,
  };
}

/** The chance that the rate is above `perHour`, by the cube root of Wilson and Hilferty (1931), good to 0.01 from a shape of 1 on. */
export function chanceAbove({ shape, hours }: Rate, perHour: number): number {
  const ninth = 1 / (9 * shape);
  const root = Math.cbrt((perHour * hours) / shape);
  return 1 - normalCdf((root - (1 - ninth)) / Math.sqrt(ninth));
}
