import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, type Circumstances, machineKey, type Refusal } from "./candidate.ts";
import { compareCandidates } from "./estimate.ts";
import { type Needs, poolNeeds } from "./needs.ts";
import { place } from "./placement.ts";
import type { RejectReason } from "./reject.ts";
import { vramLeft } from "./vram.ts";

const t0 = 1_000_000_000;
const nothingLearned = { coldStartMs: () => null, throughput: () => null };
const calm: Circumstances = {
  replica: "vision-1",
  nowMs: t0,
  refusals: [],
  learned: nothingLearned,
  expectedWorkMs: 300_000,
  microUsdLeft: null,
  microUsdPerHourLeft: null,
};
const machine = (gpu: string | null, rest: Partial<Candidate> = {}): Candidate => ({
  provider: "verda",
  gpu,
  gpus: 1,
  region: null,
  spot: false,
  vramGb: 80,
  microUsdPerHour: 1_510_000,
  isAvailable: true,
  quantumMs: 600_000,
  ...rest,
});
const l40s = machine("L40S", { vramGb: 48 });
const l40sSpot = machine("L40S", { vramGb: 48, spot: true, microUsdPerHour: 750_000 });
const h100Spot = machine("H100", { spot: true, microUsdPerHour: 1_790_000 });
const ada = machine("RTX 6000 Ada", { vramGb: 48, microUsdPerHour: "unpriced" });
const a100 = machine("A100", { microUsdPerHour: "unpriced", isAvailable: false });
const own = machine(null, {
  provider: "local",
  gpus: 0,
  vramGb: null,
  microUsdPerHour: null,
  quantumMs: 0,
});
const market = [a100, h100Spot, ada, l40s, l40sSpot];
const refusalOf = (candidate: Candidate, rest: Partial<Refusal> = {}): Refusal => {
  const { provider, gpu, gpus, region, spot } = candidate;
  return { provider, gpu, gpus, region, spot, code: "PROVIDER_NO_CAPACITY", atMs: t0, ...rest };
};
const needs: Needs = poolNeeds.vision;
const reasonFor = (candidate: Candidate, rest: Partial<Needs> = {}, now = calm) =>
  place({ ...needs, ...rest }, [candidate], now).rejected[0]?.reason;

describe("place", () => {
  it("takes the cheapest that fits, and says what it was chosen over", () => {
    const placed = place(needs, market, calm);
    expect(placed.chosen).toBe(l40sSpot);
    expect(placed.sentence).toBe(
      "vision-1 on L40S at verda, spot, $0.75 an hour: cheapest of 3 that fit; L40S on demand $1.51; H100 $1.79; A100 has no capacity; RTX 6000 Ada is unpriced",
    );
  });

  it("takes the next one after a refusal, for five minutes", () => {
    const refused = { ...calm, refusals: [refusalOf(l40sSpot)] };
    const next = place(needs, market, { ...refused, nowMs: t0 + 299_999 });
    expect(next.chosen).toBe(l40s);
    expect(next.sentence).toContain("L40S spot was refused 300 s ago (had no capacity)");
    expect(place(needs, market, { ...refused, nowMs: t0 + 300_000 }).chosen).toBe(l40sSpot);
    expect(reasonFor(l40sSpot, {}, { ...refused, nowMs: t0 - 50 })).toBe("refused");
    expect(reasonFor(l40sSpot, {}, { ...refused, nowMs: t0 - 300_000 })).toBeUndefined();
  });

  it("counts the quantum, so that a fast dear machine can cost less in all", () => {
    const learned = {
      coldStartMs: () => 60_000,
      throughput: (_: string, gpu: string | null) => (gpu === "H100" ? 3 : 1),
    };
    const work = { ...calm, learned, expectedWorkMs: 1_500_000 };
    const placed = place(needs, [h100Spot, l40s], work);
    expect(placed.chosen).toBe(h100Spot);
    expect(placed.sentence).toBe(
      "vision-1 on H100 at verda, spot, $1.79 an hour, $0.33 in all: cheapest of 2 that fit; L40S on demand $1.51, $0.76 in all",
    );
    expect(place(needs, [h100Spot, l40s], { ...work, expectedWorkMs: 500_000 }).chosen).toBe(l40s);
  });

  it("prefers spot by its price alone, and can do without it or with nothing else", () => {
    const spotAsDear = { ...l40sSpot, microUsdPerHour: 1_500_000 };
    expect(place(needs, [spotAsDear, l40s], calm).chosen).toBe(l40s);
    expect(place({ ...needs, spot: "never" }, market, calm).chosen).toBe(l40s);
    expect(place({ ...needs, spot: "only" }, [l40s, h100Spot], calm).chosen).toBe(h100Spot);
    expect(place({ ...needs, spot: "only" }, [own, l40s], calm).chosen).toBe(own);
  });

  it("takes a machine without a price only when that is allowed and nothing else fits", () => {
    const lenient = { ...needs, allowUnpriced: true };
    expect(place(needs, [ada], calm).chosen).toBeNull();
    expect(place(lenient, [ada, h100Spot], calm).chosen).toBe(h100Spot);
    const placed = place(lenient, [ada], calm);
    expect(placed.chosen).toBe(ada);
    expect(placed.sentence).toBe(
      "vision-1 on RTX 6000 Ada at verda, on demand: unpriced, and nothing with a price fits",
    );
    expect(reasonFor(ada, { allowUnpriced: true, microUsdPerHourMax: 9_000_000 })).toBe("unpriced");
  });

  it("takes first what nobody charges for", () => {
    const placed = place(needs, [l40sSpot, own], calm);
    expect(placed.chosen).toBe(own);
    expect(placed.sentence).toBe(
      "vision-1 at local: nobody charges for it; L40S at verda spot $0.75",
    );
  });

  it("takes the one that is done earlier when the cost is the same", () => {
    const slow = { ...own, provider: "attic" };
    const coldStartMs = (provider: string) => (provider === "attic" ? 9_000 : 2_000);
    const learned = { ...nothingLearned, coldStartMs };
    expect(place(needs, [slow, own], { ...calm, learned }).chosen).toBe(own);
    expect(place(needs, [slow, own], calm).chosen).toBe(slow);
  });

  it("says why nothing fits", () => {
    expect(place(needs, [], calm).sentence).toBe(
      "vision-1 finds no machine: no provider shows any",
    );
    const small = machine("L4", { vramGb: 24 });
    expect(place({ ...needs, regions: ["FIN-01"] }, [small], calm).sentence).toBe(
      "vision-1 finds no machine: L4 at verda does not tell its region, and only FIN-01 will do",
    );
    expect(place(needs, [small, a100], calm).sentence).toBe(
      "vision-1 finds no machine: A100 at verda has no capacity; L4 at verda has 24 GB, and 32 GB are needed",
    );
  });

  it("has a reason for each way of not fitting", () => {
    const reasons: [Candidate, Partial<Needs>, Partial<Circumstances>, RejectReason][] = [
      [machine("L4", { vramGb: 24 }), {}, {}, "too-little-memory"],
      [machine("L4", { vramGb: null }), {}, {}, "too-little-memory"],
      [l40s, { gpuTypes: ["H100"] }, {}, "not-allowed"],
      [l40s, { spot: "only" }, {}, "not-allowed"],
      [l40sSpot, { spot: "never" }, {}, "spot-not-wanted"],
      [l40s, { microUsdPerHourMax: 1_500_000 }, {}, "too-dear"],
      [l40s, {}, { microUsdPerHourLeft: 1_500_000 }, "over-budget"],
      [l40s, {}, { microUsdLeft: 250_000 }, "over-budget"],
      [a100, {}, {}, "unavailable"],
      [ada, {}, {}, "unpriced"],
    ];
    for (const [candidate, rest, now, reason] of reasons) {
      expect(reasonFor(candidate, rest, { ...calm, ...now })).toBe(reason);
    }
    expect(reasonFor(l40s, { gpuTypes: ["l40s"] })).toBeUndefined();
    expect(reasonFor({ ...l40s, isAvailable: null })).toBeUndefined();
    expect(reasonFor({ ...own, gpu: "GTX" })).toBeUndefined();
    expect(reasonFor(machine("CPU", { vramGb: null }), { vramGb: 0 })).toBeUndefined();
  });

  it("puts replicas on one GPU only while their models fit beside each other", () => {
    const shared = { ...own, sharedVramGb: 32 };
    expect(reasonFor(shared)).toBeUndefined();
    expect(reasonFor({ ...shared, usedVramGb: 21 })).toBeUndefined();
    expect(reasonFor({ ...shared, usedVramGb: 22 })).toBe("no-vram-left");
    expect(reasonFor({ ...shared, sharedVramGb: 8 })).toBe("too-little-memory");
    expect(vramLeft(48, [{ vramGb: 20 }, { vramGb: 31 }])).toBe(0);
  });
});

const priced = fc.integer({ min: 0, max: 9_000_000 });
const candidates: fc.Arbitrary<Candidate> = fc.record(
  {
    provider: fc.constantFrom("verda", "b"),
    gpu: fc.constantFrom("L40S", "H100", null),
    gpus: fc.integer({ min: 1, max: 2 }),
    region: fc.constantFrom("FIN-01", null),
    spot: fc.boolean(),
    vramGb: fc.constantFrom(24, 48, 80, null),
    microUsdPerHour: fc.oneof(
      { weight: 4, arbitrary: priced },
      fc.constantFrom(null, "unpriced" as const),
    ),
    isAvailable: fc.constantFrom(true, false, null),
    quantumMs: fc.constantFrom(0, 600_000),
    sharedVramGb: fc.constantFrom(24, 48),
    usedVramGb: fc.constantFrom(0, 20, 31),
  },
  {
    requiredKeys: [
      "provider",
      "gpu",
      "gpus",
      "region",
      "spot",
      "vramGb",
      "microUsdPerHour",
      "isAvailable",
      "quantumMs",
    ],
  },
);
const manyNeeds: fc.Arbitrary<Needs> = fc.record({
  vramGb: fc.constantFrom(0, 32, 48),
  modelVramGb: fc.constantFrom(11, 31),
  gpuTypes: fc.constantFrom([], ["L40S"], ["h100", "l40s"]),
  regions: fc.constantFrom([], ["FIN-01"]),
  spot: fc.constantFrom("never", "prefer", "only"),
  microUsdPerHourMax: fc.option(priced),
  allowUnpriced: fc.boolean(),
});
const figures = fc.func(fc.option(fc.double({ min: -1, max: 400_000 })));
const worlds = fc
  .record({
    market: fc.array(candidates, { maxLength: 8 }),
    refused: fc.array(
      fc.record({ at: fc.nat(7), agoMs: fc.integer({ min: -400_000, max: 400_000 }) }),
    ),
    coldStartMs: figures,
    throughput: figures,
    expectedWorkMs: fc.nat(3_600_000),
    microUsdLeft: fc.option(fc.nat(3_000_000)),
    microUsdPerHourLeft: fc.option(priced),
  })
  .map(({ market, refused, coldStartMs, throughput, ...rest }) => ({
    market,
    now: {
      ...calm,
      ...rest,
      learned: { coldStartMs, throughput },
      refusals: refused.flatMap(({ at, agoMs }) => {
        const candidate = market[at];
        return candidate ? [refusalOf(candidate, { atMs: t0 - agoMs })] : [];
      }),
    },
  }));

/** The needs once more, in other words than the code's. */
function fits(wanted: Needs, one: Candidate, now: Circumstances): boolean {
  const named = (allowed: readonly string[], name: string | null) =>
    allowed.length === 0 ||
    allowed.map((x) => x.toUpperCase()).includes(name?.toUpperCase() ?? "-");
  const isPaid = one.microUsdPerHour !== null;
  const sharing = one.sharedVramGb !== undefined;
  const hasMemory = sharing
    ? (one.sharedVramGb ?? 0) >= wanted.modelVramGb + (one.usedVramGb ?? 0)
    : wanted.vramGb === 0 || (one.vramGb === null ? !isPaid : one.vramGb >= wanted.vramGb);
  const isSpotFine = !isPaid || wanted.spot === "prefer" || one.spot === (wanted.spot === "only");
  const isRefused = now.refusals.some(
    (r) => machineKey(r) === machineKey(one) && Math.abs(now.nowMs - r.atMs) < 300_000,
  );
  const limits = [wanted.microUsdPerHourMax, now.microUsdPerHourLeft].flatMap((max) => max ?? []);
  const price = one.microUsdPerHour ?? 0;
  const isPriceFine =
    price === "unpriced"
      ? wanted.allowUnpriced === true && limits.length === 0 && now.microUsdLeft === null
      : limits.every((max) => price <= max);
  return (
    named(wanted.gpuTypes, one.gpu) &&
    named(wanted.regions, one.region) &&
    hasMemory &&
    isSpotFine &&
    !isRefused &&
    one.isAvailable !== false &&
    isPriceFine
  );
}

describe("place, whatever is offered", () => {
  it("chooses only what fits, and has each candidate once, ranked or rejected", () => {
    fc.assert(
      fc.property(manyNeeds, worlds, (wanted, { market: offered, now }) => {
        const { chosen, ranked, rejected } = place(wanted, offered, now);
        const out = [...ranked, ...rejected].map(({ candidate }) => candidate);
        expect(out.toSorted(compareCandidates)).toEqual(offered.toSorted(compareCandidates));
        expect(chosen).toBe(ranked[0]?.candidate ?? null);
        for (const { candidate, expectedMicroUsd } of ranked) {
          expect(fits(wanted, candidate, now)).toBe(true);
          const costs = expectedMicroUsd === "unpriced" ? 0 : expectedMicroUsd;
          if (now.microUsdLeft !== null) expect(costs).toBeLessThanOrEqual(now.microUsdLeft);
        }
        for (const { candidate, reason } of rejected) {
          const isBudget = reason === "over-budget" && now.microUsdLeft !== null;
          if (!isBudget) expect(fits(wanted, candidate, now)).toBe(false);
        }
      }),
    );
  });

  it("never passes over a cheaper one, nor a priced one for one without a price", () => {
    fc.assert(
      fc.property(manyNeeds, worlds, (wanted, { market: offered, now }) => {
        const [first, ...others] = place(wanted, offered, now).ranked;
        if (first === undefined) return;
        for (const other of others) {
          if (first.expectedMicroUsd === "unpriced")
            expect(other.expectedMicroUsd).toBe("unpriced");
          else if (other.expectedMicroUsd !== "unpriced") {
            expect(other.expectedMicroUsd).toBeGreaterThanOrEqual(first.expectedMicroUsd);
          }
        }
      }),
    );
  });

  it("does not depend on the order of the candidates", () => {
    const shuffled = worlds.chain((world) =>
      fc
        .shuffledSubarray(world.market, { minLength: world.market.length })
        .map((other) => ({ ...world, other })),
    );
    fc.assert(
      fc.property(manyNeeds, shuffled, (wanted, { market: offered, other, now }) => {
        expect(place(wanted, other, now)).toEqual(place(wanted, offered, now));
      }),
    );
  });

  it("moves on to the next kind of machine when the chosen one is refused", () => {
    fc.assert(
      fc.property(manyNeeds, worlds, (wanted, { market: offered, now }) => {
        const before = place(wanted, offered, now);
        if (before.chosen === null) return;
        const key = machineKey(before.chosen);
        const refusals = [...now.refusals, refusalOf(before.chosen)];
        const after = place(wanted, offered, { ...now, refusals });
        const next = before.ranked.find(({ candidate }) => machineKey(candidate) !== key);
        expect(after.chosen).toEqual(next?.candidate ?? null);
      }),
    );
  });
});
