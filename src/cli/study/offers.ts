import { type PriceBook, priceBooks, priceIn, usualGpu } from "../../core/cost/price-books.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Offer } from "../../sim/plan/offer.ts";

export interface OfferOptions {
  /** `H100=2.2,H200=3`: GPUs beside the usual one, and how many times as fast they do the work. */
  readonly speed?: string | undefined;
  readonly spotLostPerHour: string;
}

/** Everything every price book offers, by topology. A book that names no spot price offers no spot. Throws USAGE. */
export function offersOf(options: OfferOptions): Offer[] {
  const lostPerHour = lossesOf(options.spotLostPerHour);
  const speeds = speedsOf(options.speed);
  return priceBooks.flatMap((book) => {
    const knowsGpus = book.lines.some(({ gpu }) => gpu !== null);
    const gpus = knowsGpus ? Object.entries(speeds) : [[null, 1] as const];
    return gpus.flatMap(([gpu, speed]) => offersIn(book, gpu, speed, lostPerHour));
  });
}

function offersIn(book: PriceBook, gpu: string | null, speed: number, spotLoss: number): Offer[] {
  const at = (
    topology: Offer["topology"],
    spot: boolean,
    pools: readonly (readonly [pool: string, priced: string])[],
  ): Offer[] => {
    const named = pools.map(([pool, priced]) => [pool, priceIn(book, { pool: priced, gpu, spot })]);
    if (named.some(([, price]) => price === "unpriced")) {
      throw new AppError("USAGE", `--speed: the price book ${book.name} has no ${gpu}`);
    }
    const prices = {
      name: book.name,
      microUsdPerHour: Object.fromEntries(named),
      quantumMs: book.quantumMs,
    };
    const words = [topology, ...(gpu === null || gpu === usualGpu ? [] : [`on ${gpu}`])];
    const name = [...words, ...(spot ? ["on spot"] : [])].join(" ");
    return [{ name, topology, gpu, spot, prices, speed, lostPerHour: spot ? spotLoss : 0 }];
  };
  const own = [
    ["vision", "vision"],
    ["text", "text"],
  ] as const;
  const shared = [["shared", "shared"]] as const;
  const knowsSpot = book.lines.some(({ spot }) => spot === true);
  return [
    ...at("split", false, own),
    ...at("shared", false, shared),
    ...(knowsSpot ? [...at("split", true, own), ...at("shared", true, shared)] : []),
    ...at("dedicated", false, [["shared", "dedicated"]]),
  ];
}

function speedsOf(text: string | undefined): Record<string, number> {
  const speeds: Record<string, number> = { [usualGpu]: 1 };
  for (const part of text === undefined ? [] : text.split(",")) {
    const [gpu = "", factor = ""] = part.split("=").map((one) => one.trim());
    const speed = Number(factor);
    if (gpu === "" || !(speed >= 0.05 && speed <= 100)) {
      throw new AppError("USAGE", `--speed names GPUs as in H100=2.2, not "${part}"`);
    }
    speeds[gpu] = speed;
  }
  return speeds;
}

function lossesOf(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 20) return value;
  throw new AppError("USAGE", `--spot-lost-per-hour must be a number up to 20, not "${text}"`);
}
