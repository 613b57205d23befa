import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import { sharedScaling } from "../../core/autoscaler/topology.ts";
import { dollars } from "../../core/cost/money.ts";
import type { PriceList } from "../../sim/judge/judge.ts";
import { secondsText } from "../text.ts";
import type { Setting } from "./setting.ts";

/** What was simulated, in words for people. */
export function settingFacts(setting: Setting, seeds: number): [name: string, value: string][] {
  const { traffic, base, prices, service, coldStarts } = setting;
  return [
    ["Traffic", `${traffic.name}: ${trafficWords(traffic.arrivalsMs)}`],
    ["Pools", poolWords(base)],
    ["Prices", priceWords(prices, base)],
    ["Cold starts", coldStarts.name],
    ["Service times", service.source],
    ["Seeds", String(seeds)],
  ];
}

export function trafficWords(arrivalsMs: readonly number[]): string {
  const spanMs = (arrivalsMs.at(-1) ?? 0) - (arrivalsMs[0] ?? 0);
  const hours = spanMs / 3_600_000;
  const span = hours < 48 ? `${hours.toFixed(1)} hours` : `${(hours / 24).toFixed(1)} days`;
  const perHour = arrivalsMs.length / Math.max(hours, 1e-9);
  const count = arrivalsMs.length.toLocaleString("en-US");
  return `${count} documents in ${span}, ${perHour.toFixed(1)} an hour`;
}

function poolWords({ scaling, topology }: PolicyBase): string {
  const bounds = ({ minReplicas, maxReplicas }: PolicyBase["scaling"]["vision"]): string =>
    `${minReplicas} to ${maxReplicas}`;
  return topology === "shared"
    ? `shared: ${bounds(sharedScaling(scaling))} replicas that do both kinds of work`
    : `split: ${bounds(scaling.vision)} vision, ${bounds(scaling.text)} text`;
}

function priceWords(
  { name, microUsdPerHour, quantumMs }: PriceList,
  { topology }: PolicyBase,
): string {
  const pools = topology === "shared" ? ["shared"] : ["vision", "text"];
  const hours = pools.map((pool) => `${pool} ${dollars(microUsdPerHour[pool] ?? 0)} an hour`);
  const pieces =
    quantumMs === 0 ? "paid to the second" : `paid in pieces of ${secondsText(quantumMs / 1000)}`;
  return `${name}: ${hours.join(", ")}, ${pieces}`;
}
