import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGraph, type Graph } from "../../core/pipeline/graph.ts";
import type { SimDocument } from "../model.ts";
import { exactOptimum } from "./exact.ts";
import { unionOf } from "./intervals.ts";
import { lowerBound } from "./lower-bound.ts";
import { constantColdStarts, type Machines } from "./machines.ts";
import { unhindered } from "./unhindered.ts";
import { zeroWait } from "./zero-wait.ts";

const task = (name: string, pool: string, after: null | string = null) => ({
  ...{ name, pool, after, layer: 1, weight: 1 },
});
const look = task("look", "vision");
const read = task("read", "text", "look");

/** Straight; with slack work; with two ends; with both; back to the first pool; of one pool. */
const graphs = {
  straight: compileGraph([look, read]),
  feedback: compileGraph([look, task("feedback", "vision", "look"), read]),
  fork: compileGraph([look, read, task("a", "text", "read"), task("b", "text", "read")]),
  both: compileGraph([look, task("feedback", "vision", "look"), read, task("a", "text", "read")]),
  back: compileGraph([look, read, task("again", "vision", "read")]),
  lone: compileGraph([task("read", "text")]),
};
type GraphName = keyof typeof graphs;

interface Instance {
  readonly graph: Graph;
  readonly documents: readonly SimDocument[];
  readonly machines: Machines;
  readonly maximum: Readonly<Record<string, number>>;
  readonly waitPrice: number;
  readonly optimum: number;
}

interface Drawn {
  readonly name: GraphName;
  readonly arrivals: readonly number[];
  readonly works: readonly (readonly number[])[];
  readonly cold: readonly [number, number];
  readonly price: readonly [number, number];
  readonly maximum: readonly [number, number];
  readonly slots: readonly [number, number];
  /** As a multiple of the sum of both prices. */
  readonly waiting: number;
}

const pools = ["vision", "text"] as const;
const both = ([vision, text]: readonly [number, number]) => ({ vision, text });
const pair = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

function drawn(slotsMax: number): fc.Arbitrary<Drawn> {
  const names = fc.constantFrom<GraphName>("straight", "feedback", "fork", "both", "back", "lone");
  return names.chain((name) => {
    const most = name === "lone" ? 5 : ([0, 5, 4, 3, 2][graphs[name].names.length] ?? 2);
    const arrival = fc.integer({ min: 0, max: 14 });
    const works = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 });
    return fc.record({
      name: fc.constant(name),
      arrivals: fc.array(arrival, { minLength: 1, maxLength: most }),
      works: fc.array(works, { minLength: most, maxLength: most }),
      ...{ cold: pair(1, 7), price: pair(1, 6), maximum: pair(1, 2), slots: pair(1, slotsMax) },
      waiting: fc.constantFrom(0.2, 0.7, 1, 1.01, 2, 5),
    });
  });
}

/** null where the search would take too long. */
function solve({ name, arrivals, works, ...rest }: Drawn): Instance | null {
  const graph = graphs[name];
  const documents = arrivals
    .toSorted((a, b) => a - b)
    .map(
      (arrivalMs, id): SimDocument => ({
        ...{ id, arrivalMs, slideMs: [], taskMs: (works[id] ?? []).slice(0, graph.names.length) },
      }),
    );
  const cold = both(rest.cold);
  const costPerMs = both(rest.price);
  const maximum = both(rest.maximum);
  const slots = both(rest.slots);
  const used = pools.filter((pool) => graph.pools.includes(pool));
  const waitPrice = rest.waiting * used.reduce((sum, pool) => sum + costPerMs[pool], 0);
  const machines = { pools: used, slots, costPerMs, ...constantColdStarts(cold) };
  const limits = used.map((pool) => [
    pool,
    {
      ...{ maximum: maximum[pool], slots: slots[pool] },
      ...{ coldSteps: cold[pool], costPerStep: costPerMs[pool] },
    },
  ]);
  try {
    const instance = { graph, documents, waitPrice, pools: Object.fromEntries(limits) };
    const optimum = exactOptimum(instance, 6_000);
    return { graph, documents, machines, maximum, waitPrice, optimum };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const runsOf = ({ documents, graph }: Instance) =>
  documents.map((document) => unhindered(graph, document));

describe("the oracles", () => {
  it("are in order on small instances: lower bound, optimum, zero wait where no maximum binds", () => {
    fc.assert(
      fc.property(drawn(2), (draw) => {
        const instance = solve(draw);
        fc.pre(instance !== null);
        const runs = runsOf(instance);
        const bound = lowerBound(runs, instance.machines, instance.waitPrice);
        expect(bound).toBeLessThanOrEqual(instance.optimum + 1e-6);
        const zero = zeroWait(runs, instance.machines);
        const isFree = instance.machines.pools.every(
          (pool) =>
            instance.machines.slots[pool] === 1 &&
            (zero.replicas[pool] ?? 0) <= (instance.maximum[pool] ?? 0),
        );
        if (isFree) expect(instance.optimum).toBeLessThanOrEqual(zero.cost + 1e-6);
      }),
      { numRuns: 250 },
    );
  }, 60_000);

  it("meet where waiting is dear and nothing can be spared", () => {
    const instance = solve({
      ...{
        name: "straight",
        arrivals: [0, 12],
        works: [
          [2, 3],
          [2, 3],
        ],
        cold: [3, 4],
      },
      ...{ price: [5, 8], maximum: [2, 2], slots: [1, 1], waiting: 5 },
    });
    // Vision: 2 + 2 of work and two starts of 3 (the gap of 10 is longer); text: 6 and two starts of 4.
    const known = 5 * (4 + 6) + 8 * (6 + 8);
    expect(instance?.optimum).toBe(known);
    if (instance === null) return;
    expect(zeroWait(runsOf(instance), instance.machines).cost).toBe(known);
    expect(lowerBound(runsOf(instance), instance.machines, instance.waitPrice)).toBe(known);
  });

  it("know that waiting can pay: two documents share a start", () => {
    const instance = solve({
      ...{ name: "lone", arrivals: [0, 9], works: [[1], [1]], cold: [6, 6] },
      ...{ price: [1, 6], maximum: [1, 1], slots: [1, 1], waiting: 0.2 },
    });
    // One start of 6, 1 + 1 of work, and the first waits 8 steps at 1.2 beside the second.
    expect(instance?.optimum).toBeCloseTo(6 * 8 + 1.2 * 8, 9);
  });
});

/** The form without corrections: it takes the bare union of critical tasks, one task a replica. */
function uncorrected({ machines, ...rest }: Instance & { readonly graph: Graph }): number {
  const runs = runsOf({ machines, ...rest });
  let cost = 0;
  for (const pool of machines.pools) {
    const tasks = runs.flatMap((run) => run.tasks.filter((one) => one.pool === pool));
    let paidMs = tasks.reduce((sum, one) => sum + one.untilMs - one.fromMs, 0);
    let freeSinceMs = Number.NEGATIVE_INFINITY;
    for (const { fromMs, untilMs } of unionOf(tasks)) {
      paidMs += Math.min(fromMs - freeSinceMs, machines.coldMs(pool, fromMs));
      freeSinceMs = untilMs;
    }
    cost += paidMs * (machines.costPerMs[pool] ?? 0);
  }
  return cost;
}

describe("the lower bound without its corrections breaks", () => {
  const cases: readonly (readonly [string, Drawn])[] = [
    [
      "where a path comes back to a pool, even if waiting costs as much as all prices together",
      {
        ...{
          name: "back",
          arrivals: [2, 4],
          works: [
            [1, 1, 2],
            [2, 2, 2],
          ],
          cold: [9, 7],
        },
        ...{ price: [2, 4], maximum: [2, 2], slots: [1, 1], waiting: 1 },
      },
    ],
    [
      "where a replica works on several tasks at once",
      {
        ...{
          name: "straight",
          arrivals: [0, 0],
          works: [
            [4, 4],
            [4, 4],
          ],
          cold: [1, 1],
        },
        ...{ price: [1, 1], maximum: [2, 2], slots: [2, 2], waiting: 2 },
      },
    ],
    [
      "where waiting costs less than all prices together",
      {
        ...{ name: "lone", arrivals: [0, 9], works: [[1], [1]], cold: [6, 6] },
        ...{ price: [1, 6], maximum: [1, 1], slots: [1, 1], waiting: 0.2 },
      },
    ],
  ];
  it.each(cases)("%s", (_title, draw) => {
    const instance = solve(draw);
    if (instance === null) throw new Error("the instance was to be small");
    expect(uncorrected(instance)).toBeGreaterThan(instance.optimum);
    const bound = lowerBound(runsOf(instance), instance.machines, instance.waitPrice);
    expect(bound).toBeLessThanOrEqual(instance.optimum + 1e-9);
  });
});
