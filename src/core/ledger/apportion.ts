/**
 * A whole amount in whole parts by weights that are not negative: each gets its share rounded down, and
 * what is left goes one by one to the largest remainders, the first one among equals. The parts add up
 * to the amount exactly; without any weight it all falls to the first.
 */
export function apportion(amount: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  if (all === 0) return weights.map((_weight, index) => (index === 0 ? amount : 0));
  const exact = weights.map((weight) => (amount * weight) / all);
  const parts = exact.map(Math.floor);
  const left = amount - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, rest: share - Math.floor(share) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
