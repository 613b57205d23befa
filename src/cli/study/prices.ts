import { type PriceBook, priceBooks, priceIn, usualGpu } from "../../core/cost/price-books.ts";
import { AppError } from "../../errors/app-error.ts";
import type { PriceList } from "../../sim/judge/judge.ts";

export interface PriceOptions {
  readonly prices: string;
  readonly gpu?: string | undefined;
  readonly spot?: boolean | undefined;
}

/** Pools that a topology may have. */
const pools = ["vision", "text", "shared"];

/** `--prices`, `--gpu` and `--spot` as a price an hour of each pool. Throws USAGE. */
export function pricesOf({ prices, gpu, spot }: PriceOptions): PriceList {
  const book = priceBooks.find(({ name }) => name === prices);
  if (book === undefined) {
    const names = priceBooks.map(({ name }) => name).join(", ");
    throw new AppError("USAGE", `--prices must be one of ${names}, not "${prices}"`);
  }
  return listOf(book, gpu ?? usualGpu, spot === true);
}

function listOf(book: PriceBook, gpu: string, spot: boolean): PriceList {
  const microUsdPerHour = Object.fromEntries(
    pools.map((pool) => {
      const price = priceIn(book, { pool, gpu, spot });
      if (price !== "unpriced") return [pool, price];
      const known = [...new Set(book.lines.flatMap((line) => line.gpu ?? []))].join(", ");
      throw new AppError("USAGE", `the price book ${book.name} has no ${gpu}; it has ${known}`);
    }),
  );
  return { name: book.name, microUsdPerHour, quantumMs: book.quantumMs };
}
