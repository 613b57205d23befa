import type { Piece } from "./allocate.ts";

/** Money of pieces, in whole millionths of a dollar, apart by who says that it is paid. */
export interface MoneySum {
  readonly microUsd: number;
  /** Of it: of runs whose provider has not shown yet since when it charges. */
  readonly estimatedMicroUsd: number;
}

export function moneySum(pieces: readonly Piece[]): MoneySum {
  let [microUsd, estimatedMicroUsd] = [0, 0];
  for (const piece of pieces) {
    microUsd += piece.microUsd;
    if (piece.isEstimated) estimatedMicroUsd += piece.microUsd;
  }
  return { microUsd, estimatedMicroUsd };
}
