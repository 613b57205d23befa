import { usdWithWaiting } from "../../src/sim/judge/figures.ts";
import { sumOf } from "../../src/sim/judge/tally.ts";
import type { World } from "../../src/sim/model.ts";
import { arrivalBlindPolicy, type BlindThresholds } from "../../src/sim/oracles/arrival-blind.ts";
import { lowerBound } from "../../src/sim/oracles/lower-bound.ts";
import { coldStartsOf } from "../../src/sim/oracles/machines.ts";
import { unhindered } from "../../src/sim/oracles/unhindered.ts";
import { zeroWait } from "../../src/sim/oracles/zero-wait.ts";
import { baseOf, play, type Setting, spanMs, stageOf, worldOf } from "./play.ts";
import { added, type Result, resultOf } from "./tournament.ts";

const idleTimes = [0.5, 2, 5, 10, 20, 45].map((minutes) => minutes * 60_000);

/** In this order each threshold takes its best value. */
const turns: readonly (readonly [keyof BlindThresholds, readonly number[]])[] = [
  ["textIdleMs", idleTimes],
  ["visionIdleMs", idleTimes],
  ["extraIdleMs", idleTimes.slice(0, 4)],
  ["scaleOutShare", [0.1, 0.3, 3]],
  ["textIdleMs", idleTimes],
];

/**
 * The arrival-blind oracle at one wait price, with the thresholds that are best for the second half
 * of the trace itself, found with the first seed, one after the other.
 */
export function arrivalBlind(
  setting: Setting,
  { list, waitPrice, seeds }: { list: number; waitPrice: number; seeds: readonly number[] },
): Result {
  const prices = setting.priceLists[list];
  if (prices === undefined) throw new Error(`there is no price list ${list}`);
  const run = (world: World, thresholds: BlindThresholds) => {
    const settings = { ...thresholds, waitPrice };
    const policy = arrivalBlindPolicy(world, stageOf(setting), baseOf(setting, list), settings);
    return play(setting, policy, world).second;
  };
  const [first = 1] = seeds;
  const world = worldOf(setting, first);
  const lossOf = (thresholds: BlindThresholds): number =>
    usdWithWaiting(sumOf(run(world, thresholds)), prices, list, waitPrice);
  let best = { visionIdleMs: 300_000, textIdleMs: 600_000, extraIdleMs: 60_000, scaleOutShare: 1 };
  let least = lossOf(best);
  for (const [turn, values] of turns) {
    for (const value of values) {
      if (best[turn] === value) continue;
      const other = { ...best, [turn]: value };
      const loss = lossOf(other);
      if (loss < least) [best, least] = [other, loss];
    }
  }
  const { visionIdleMs, textIdleMs, extraIdleMs } = best;
  const [v, t, e] = [visionIdleMs, textIdleMs, extraIdleMs].map((ms) => ms / 1000);
  return resultOf(
    {
      ...{ name: `arrival-blind oracle w=${waitPrice}`, family: "oracle" },
      text: `keeps vision ${v} s, text ${t} s, further ones ${e} s, scale-out at ${best.scaleOutShare}`,
    },
    added(seeds.map((seed) => run(worldOf(setting, seed), best))),
  );
}

/** What no policy can cost less than, and what it costs when nothing waits. US dollars a document of the second half. */
export interface Bounds {
  readonly zeroWaitUsd: number;
  /** More replicas at once than a pool may have: then it cannot be had. */
  readonly capsBind: boolean;
  readonly lowerBoundUsd: Readonly<Record<string, number>>;
}

/** Of the documents of the second half alone, as if there were no others; the mean over the seeds. */
export function boundsOf(
  setting: Setting,
  {
    list,
    seeds,
    waitPrices,
  }: { list: number; seeds: readonly number[]; waitPrices: readonly number[] },
): Bounds {
  const { scaling, microUsdPerHour } = baseOf(setting, list);
  const stage = stageOf(setting);
  const pools = ["vision", "text"] as const;
  const costPerMs = { vision: perMs(microUsdPerHour.vision), text: perMs(microUsdPerHour.text) };
  const slots = { vision: scaling.vision.slots, text: scaling.text.slots };
  const halfMs = spanMs(setting.traffic) / 2;
  const each = seeds.map((seed) => {
    const world = worldOf(setting, seed);
    const runs = [...world.documents()]
      .filter(({ arrivalMs }) => arrivalMs >= halfMs)
      .map((document) => unhindered(stage.graph, document));
    const machines = { pools, slots, costPerMs, ...coldStartsOf(world) };
    const zero = zeroWait(runs, machines);
    const usd = (microUsd: number) => microUsd / 1e6 / Math.max(1, runs.length);
    return {
      zeroWaitUsd: usd(zero.cost),
      capsBind: pools.some((pool) => (zero.replicas[pool] ?? 0) > scaling[pool].maxReplicas),
      bounds: waitPrices.map((w) => usd(lowerBound(runs, machines, w * costPerMs.text))),
    };
  });
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    zeroWaitUsd: mean(each.map(({ zeroWaitUsd }) => zeroWaitUsd)),
    capsBind: each.some(({ capsBind }) => capsBind),
    lowerBoundUsd: Object.fromEntries(
      waitPrices.map((w, at) => [w, mean(each.map(({ bounds }) => bounds[at] ?? 0))]),
    ),
  };
}

const perMs = (microUsdPerHour: number | undefined): number => (microUsdPerHour ?? 0) / 3_600_000;
