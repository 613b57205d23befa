import { usdWithWaiting } from "../../src/sim/judge/figures.ts";
import type { PriceList } from "../../src/sim/judge/judge.ts";
import { jitAt, judgedAt, readinessGoal, readyName, rivals } from "./contestants.ts";
import { costAgainst, lossAgainst, p95Against, readinessOf } from "./intervals.ts";
import type { Bounds } from "./oracles.ts";
import type { Result } from "./tournament.ts";
import type { Traffic } from "./traffic.ts";

/** All results on one trace, under one price book and one model of cold starts. */
export interface Comparison {
  readonly traffic: Traffic;
  readonly coldStarts: string;
  readonly prices: PriceList;
  /** Its place in the tallies' money. */
  readonly list: number;
  readonly results: readonly Result[];
  /** By wait price; empty where they were not asked for. */
  readonly oracles: Readonly<Record<number, Result>>;
  readonly bounds: Bounds;
}

/** What was to be shown, and whether it was. */
export interface Goal {
  readonly goal: string;
  readonly isHit: boolean;
  /** One line a trace, with figures. */
  readonly lines: readonly { readonly isHit: boolean; readonly text: string }[];
}

type Line = Goal["lines"][number];

const cheaperBy = 0.25;
const cheaperOn = 3;
const dearerMost = 1.25;
const overOracleMost = 1.3;

/** Every goal over these comparisons, except those for which a contestant or an oracle was not asked. */
export function goalsOf(comparisons: readonly Comparison[]): readonly Goal[] {
  const each = (goal: string, of: (one: Comparison) => readonly Line[]): Goal => {
    const lines = comparisons.flatMap(of);
    return { goal, lines, isHit: lines.length > 0 && lines.every(({ isHit }) => isHit) };
  };
  const cheap = each(`at least 25 % cheaper than reference on ${cheaperOn} traces`, cheaper);
  const hits = cheap.lines.filter(({ isHit }) => isHit).length;
  return [
    each("just-in-time w=4: no worse than reference in cost beyond the interval", costNoWorse),
    each("just-in-time w=4: no worse than reference in p95 beyond the interval", p95NoWorse),
    { ...cheap, goal: `just-in-time w=4: ${cheap.goal}`, isHit: hits >= cheaperOn },
    each(`goal ${readinessGoal}: on time among feasible >= 92 %`, punctual),
    each(`goal ${readinessGoal}: at most ${dearerMost} x the reference's cost`, affordable),
    ...judgedAt.map((w) => each(`J${w} within ${overOracleMost} x of the oracle`, nearOracle(w))),
    ...judgedAt.map((w) => each(`J${w} better than the best of ${rivals.join(", ")}`, best(w))),
  ].filter(({ lines }) => lines.length > 0);
}

const named = ({ results }: Comparison, name: string): Result | undefined =>
  results.find((result) => result.name === name);

/** Against the reference. */
const against =
  (name: string, of: (ours: Result, reference: Result, one: Comparison) => Line) =>
  (one: Comparison): readonly Line[] => {
    const ours = named(one, name);
    const reference = named(one, "reference");
    return ours === undefined || reference === undefined ? [] : [of(ours, reference, one)];
  };

const costNoWorse = against(jitAt(4), (ours, reference, { traffic, list }) => {
  const { estimate, low, high } = costAgainst(ours, reference, list);
  const text = `${traffic.name}: ${percent(estimate)} [${percent(low)}, ${percent(high)}]`;
  return { isHit: low <= 0, text };
});

const p95NoWorse = against(jitAt(4), (ours, reference, { traffic }) => {
  const { estimate, low, high } = p95Against(ours, reference);
  const [middle, least, most] = [estimate, low, high].map((ms) => `${Math.round(ms / 1000)} s`);
  return { isHit: low <= 0, text: `${traffic.name}: ${middle} [${least}, ${most}]` };
});

const cheaper = against(jitAt(4), (ours, reference, { traffic, list }) => {
  const { estimate } = costAgainst(ours, reference, list);
  return { isHit: estimate <= -cheaperBy, text: `${traffic.name}: ${percent(estimate)}` };
});

const punctual = against(readyName, (ours, _reference, { traffic }) => {
  const { estimate, low, high } = readinessOf(ours);
  const text = `${traffic.name}: ${share(estimate)} [${share(low)}, ${share(high)}]`;
  return { isHit: estimate >= readinessGoal, text };
});

const affordable = against(readyName, (ours, reference, { traffic, list }) => {
  const times = 1 + costAgainst(ours, reference, list).estimate;
  return { isHit: times <= dearerMost, text: `${traffic.name}: ${times.toFixed(2)} x` };
});

const lossOf = ({ sum }: Result, { prices, list }: Comparison, waitPrice: number): number =>
  usdWithWaiting(sum, prices, list, waitPrice);

const nearOracle =
  (waitPrice: number) =>
  (one: Comparison): readonly Line[] => {
    const ours = named(one, jitAt(waitPrice));
    const oracle = one.oracles[waitPrice];
    if (ours === undefined || oracle === undefined) return [];
    const times = lossOf(ours, one, waitPrice) / lossOf(oracle, one, waitPrice);
    const text = `${one.traffic.name}: ${times.toFixed(2)} x`;
    return [{ isHit: times <= overOracleMost, text }];
  };

const best =
  (waitPrice: number) =>
  (one: Comparison): readonly Line[] => {
    const ours = named(one, jitAt(waitPrice));
    const isRival = (family: string) => rivals.some((rival) => rival === family);
    const [rival] = one.results
      .filter(({ family }) => isRival(family))
      .toSorted((a, b) => lossOf(a, one, waitPrice) - lossOf(b, one, waitPrice));
    if (ours === undefined || rival === undefined) return [];
    const { list, prices } = one;
    const { estimate, low, high } = lossAgainst(ours, rival, { list, prices, waitPrice });
    const range = `[${percent(low)}, ${percent(high)}]`;
    const text = `${one.traffic.name}: ${percent(estimate)} ${range} against ${rival.text}`;
    return [{ isHit: estimate < 0, text }];
  };

/** A relative difference: `-12.3 %`. */
export const percent = (difference: number): string =>
  `${difference > 0 ? "+" : ""}${(100 * difference).toFixed(1)} %`;

const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
