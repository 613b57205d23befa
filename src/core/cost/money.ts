/**
 * What an hour of one replica costs, in millionths of a US dollar. `unpriced`: it costs something,
 * and nobody says what, so it never counts as 0. null: nobody charges for it.
 */
export type HourlyPrice = number | "unpriced" | null;

/** `$1.51` for people; less than a cent has more digits: `$0.0042`. */
export function dollars(microUsd: number): string {
  const isTiny = microUsd > 0 && microUsd < 10_000;
  return `$${(microUsd / 1_000_000).toFixed(isTiny ? 4 : 2)}`;
}

/** The same with a digit more below a dollar, where it matters: `$0.043`. */
export function fineDollars(microUsd: number): string {
  const isSmall = Math.abs(microUsd) >= 10_000 && Math.abs(microUsd) < 1_000_000;
  return isSmall ? `$${(microUsd / 1_000_000).toFixed(3)}` : dollars(microUsd);
}
