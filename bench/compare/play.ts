import type { Policy } from "../../src/core/autoscaler/decision.ts";
import type { PolicyBase } from "../../src/core/autoscaler/policies/base.ts";
import {
  type ScalingSettings,
  scalingDefaults,
  scalingOf,
} from "../../src/core/autoscaler/settings.ts";
import { type PriceBook, priceIn, usualGpu } from "../../src/core/cost/price-books.ts";
import { createJudge, type PriceList } from "../../src/sim/judge/judge.ts";
import type { Tally } from "../../src/sim/judge/tally.ts";
import type { Stage, World } from "../../src/sim/model.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { pitchDeckStage } from "../../src/sim/stages.ts";
import type { ColdStarts } from "../../src/sim/worlds/cold-starts.ts";
import { createWorld } from "../../src/sim/worlds/create-world.ts";
import { pinnedServiceTimes } from "../../src/sim/worlds/pinned-service-times.ts";
import type { Traffic } from "./traffic.ts";

/** Blocks of each half. The first of each is thrown away, since a simulation begins with nothing running. */
const blocksPerHalf = 20;

/** One trace under one model of cold starts. */
export interface Setting {
  readonly traffic: Traffic;
  readonly coldStarts: ColdStarts;
  readonly priceLists: readonly PriceList[];
}

/** A book's prices of the two pools, each on the usual GPU. */
export function priceListOf(book: PriceBook): PriceList {
  const prices = ["vision", "text"].map((pool) => {
    const price = priceIn(book, { pool, gpu: usualGpu, spot: false });
    if (price === "unpriced") throw new Error(`${book.name} has no price for ${pool}`);
    return [pool, price] as const;
  });
  const { name, quantumMs } = book;
  return { name, quantumMs, microUsdPerHour: Object.fromEntries(prices) };
}

export const spanMs = ({ arrivalsMs }: Traffic): number => (arrivalsMs.at(-1) ?? 0) + 1;

/** The scaling block of the request, with the trace's own number of replicas. */
function scalingFor({ capsTimes }: Traffic): ScalingSettings {
  const { vision, text, ...rest } = scalingOf(scalingDefaults);
  return {
    ...rest,
    vision: { ...vision, maxReplicas: vision.maxReplicas * capsTimes },
    text: { ...text, maxReplicas: text.maxReplicas * capsTimes },
  };
}

export function baseOf({ traffic, priceLists }: Setting, list: number): PolicyBase {
  const prices = priceLists[list];
  if (prices === undefined) throw new Error(`there is no price list ${list}`);
  const { microUsdPerHour, quantumMs } = prices;
  return { scaling: scalingFor(traffic), topology: "split", microUsdPerHour, quantumMs };
}

export const stageOf = ({ traffic }: Setting): Stage =>
  pitchDeckStage(scalingFor(traffic), "split");

/** All that chance decides, for one seed: the same for every policy. `half`: the first half alone. */
export function worldOf({ traffic, coldStarts }: Setting, seed: number, half = false): World {
  const untilMs = half ? spanMs(traffic) / 2 : Number.POSITIVE_INFINITY;
  return createWorld({
    name: traffic.name,
    arrivalsMs: traffic.arrivalsMs.filter((atMs) => atMs < untilMs),
    ...{ service: pinnedServiceTimes, coldStarts, seed },
  });
}

/** The blocks of both halves, without the first of each. */
export interface Halves {
  readonly first: readonly Tally[];
  readonly second: readonly Tally[];
}

/** One simulation from the first arrival to the last end. */
export function play(setting: Setting, policy: Policy, world: World): Halves {
  const judge = createJudge({
    ...{ priceLists: setting.priceLists, fromMs: 0, untilMs: spanMs(setting.traffic) },
    blocks: 2 * blocksPerHalf,
  });
  simulate({ world, stage: stageOf(setting), policy, observer: judge.observer });
  return {
    first: judge.blocks.slice(1, blocksPerHalf),
    second: judge.blocks.slice(blocksPerHalf + 1),
  };
}
