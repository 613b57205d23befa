/** Money as people read it, from whole millionths of a US dollar: "$412.30", under a cent "$0.0042". */
export function microUsdWords(microUsd: number): string {
  const isTiny = microUsd > 0 && microUsd < 10_000;
  if (isTiny && microUsd < 50) return "under $0.0001";
  return `$${(microUsd / 1_000_000).toFixed(isTiny ? 4 : 2)}`;
}
