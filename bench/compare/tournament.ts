import { usdWithWaiting } from "../../src/sim/judge/figures.ts";
import { sumOf, type Tally } from "../../src/sim/judge/tally.ts";
import { type Choice, type Contestant, contestants, policyOf } from "./contestants.ts";
import { baseOf, play, type Setting, worldOf } from "./play.ts";

/** What one contestant did on the second half of a trace, under one price book. */
export interface Result {
  readonly name: string;
  readonly family: string;
  /** The setting that the first half chose. */
  readonly text: string;
  /** By block, the seeds added up. */
  readonly blocks: readonly Tally[];
  readonly sum: Tally;
}

export const resultOf = (
  of: Pick<Result, "name" | "family" | "text">,
  blocks: readonly Tally[],
): Result => ({ ...of, blocks, sum: sumOf(blocks) });

export interface Options {
  readonly seeds: readonly number[];
  readonly isQuick: boolean;
}

/**
 * Every contestant chooses its setting on the first half, in a simulation with the first seed that ends there.
 * Then the chosen ones run over the whole trace under every seed, and what they did in the second half is
 * their result: they come into it with what they have learned, and with what runs. By price list.
 */
export function tournament(setting: Setting, options: Options): readonly (readonly Result[])[] {
  const taking = contestants(setting.traffic.isNative, options.isQuick);
  const runs = createRuns(setting, options.seeds);
  return setting.priceLists.map((_, list) =>
    taking.map((contestant) => {
      const base = contestant.looksAtPrices ? list : 0;
      const text = chosen(setting, contestant, list, (one) => runs.firstHalf(one, base));
      const { name, family } = contestant;
      return resultOf({ name, family, text }, runs.secondHalf(text, base));
    }),
  );
}

/** Simulations, each run once however often it is asked for. */
function createRuns(setting: Setting, seeds: readonly number[]) {
  const halves = new Map<string, Tally>();
  const wholes = new Map<string, readonly Tally[]>();
  const early = worldOf(setting, seeds[0] ?? 1, true);
  const worlds = seeds.map((seed) => worldOf(setting, seed));
  const policy = (text: string, list: number) => policyOf(text, baseOf(setting, list));
  return {
    firstHalf: (text: string, list: number): Tally =>
      once(halves, `${list} ${text}`, () => sumOf(play(setting, policy(text, list), early).first)),
    secondHalf: (text: string, list: number): readonly Tally[] =>
      once(wholes, `${list} ${text}`, () =>
        added(worlds.map((world) => play(setting, policy(text, list), world).second)),
      ),
  };
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** Several seeds, block by block. */
export function added(bySeed: readonly (readonly Tally[])[]): readonly Tally[] {
  const [first = []] = bySeed;
  return first.map((_, at) => sumOf(bySeed.flatMap((blocks) => blocks[at] ?? [])));
}

function chosen(
  setting: Setting,
  { candidates, choice }: Contestant,
  list: number,
  tallyOf: (text: string) => Tally,
): string {
  const [only = ""] = candidates;
  if (candidates.length === 1) return only;
  const scored = candidates.map((text) => ({
    text,
    score: scoreOf(setting, choice, list, tallyOf(text)),
  }));
  return scored.toSorted((a, b) => a.score - b.score)[0]?.text ?? only;
}

/** The less the better. */
function scoreOf({ priceLists }: Setting, choice: Choice, list: number, tally: Tally): number {
  const prices = priceLists[list];
  if (prices === undefined || choice.by === "name") return 0;
  if (choice.by === "J") return usdWithWaiting(tally, prices, list, choice.waitPrice);
  const share = tally.feasible === 0 ? 1 : tally.onTimeFeasible / tally.feasible;
  // Any that is punctual enough comes before any that is not.
  return share >= choice.share
    ? usdWithWaiting(tally, prices, list, 0)
    : 1e9 * (1 + choice.share - share);
}
