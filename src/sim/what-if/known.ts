import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import type { Topology } from "../../core/autoscaler/topology.ts";
import { prdPriceBook, priceIn } from "../../core/cost/price-books.ts";
import { wholeMs } from "../../core/fleet/deadlines.ts";
import type { PriceList } from "../judge/judge.ts";
import type { TuneInput } from "../tune/propose.ts";
import { prdColdStarts } from "../worlds/cold-starts.ts";
import { pinnedServiceTimes } from "../worlds/pinned-service-times.ts";
import type { SimSetting } from "./setting.ts";

/** The request's own prices. */
const prdPrices: PriceList = {
  name: prdPriceBook.name,
  quantumMs: prdPriceBook.quantumMs,
  microUsdPerHour: Object.fromEntries(
    ["vision", "text", "shared"].flatMap((pool) => {
      const price = priceIn(prdPriceBook, { pool, gpu: null, spot: false });
      return price === "unpriced" ? [] : [[pool, price]];
    }),
  ),
};

/**
 * A simulated start is one stretch of loading, so phases have no deadlines of their own. What they add to the limit of a
 * whole start stays: a start that the installation waits for is not given up here.
 */
export function baseFor(
  { vision, text, ...scaling }: PolicyBase["scaling"],
  topology: Topology,
  { microUsdPerHour, quantumMs }: PriceList,
): PolicyBase {
  const whole = ({ phaseDeadlines: phases = {}, ...pool }: PolicyBase["scaling"]["vision"]) => {
    const totalMs = pool.startupTimeoutMs;
    const added = wholeMs({ totalMs, phases }) - totalMs;
    return added === 0 ? pool : { ...pool, phaseDeadlines: { provisioning: added } };
  };
  const pools = { vision: whole(vision), text: whole(text) };
  return { scaling: { ...scaling, ...pools }, topology, microUsdPerHour, quantumMs };
}

/** Where nothing is known of an installation: the request's figures, and pinned times of work. */
export const assumedSetting: SimSetting = {
  base: baseFor(scalingOf(scalingDefaults), "split", prdPrices),
  prices: prdPrices,
  service: pinnedServiceTimes,
  coldStarts: prdColdStarts,
};

/** An installation as its own history says; a pool without a price is valued at the request's. */
export function settingOfHistory({ base, service, coldStarts }: TuneInput): SimSetting {
  const { vision, text } = base.microUsdPerHour;
  const isPriced = vision !== undefined && text !== undefined && vision + text > 0;
  const prices: PriceList = isPriced
    ? {
        name: "own",
        microUsdPerHour: { shared: Math.max(vision, text), ...base.microUsdPerHour },
        quantumMs: base.quantumMs,
      }
    : prdPrices;
  return { base: baseFor(base.scaling, base.topology, prices), prices, service, coldStarts };
}
