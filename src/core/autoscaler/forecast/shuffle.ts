import type { Random } from "../../../lib/random.ts";

/**
 * Brings draws that were made in order into a random one (Fisher and Yates), so that draws of two
 * things can be taken in pairs. In place.
 */
export function shuffle(values: Float64Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = (random.next() * (last + 1)) | 0;
    const value = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = value;
  }
}
