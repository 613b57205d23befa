import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Provider, ReplicaSighting, ReplicaSpec } from "../../src/providers/provider.ts";

/** What a provider's own test must bring so that the common suite can drive it. */
export interface ProviderHarness {
  readonly provider: Provider;
  /** What the provider tells of an end: how it came with the last words, or only that it is gone. */
  readonly tells: "exit" | "absence";
  /** A container that runs until it is told to stop. */
  spec(pool: string, replica: number): ReplicaSpec;
  /** Resolves when the container works and would obey an order to stop. */
  up(name: string): Promise<void>;
  /** Makes the container end by itself, with code 3 and "last words" in its log. */
  crash(name: string): void;
  /** How often something has changed, and a wait for the next time. */
  changes(): number;
  changedSince(changes: number): Promise<void>;
  /**
   * From now on calls fail now and then by this seed: errors before and after the deed, resets,
   * silence, refusals that pass. `calm` ends it. Absent where there is nobody to fail.
   */
  readonly disturb?: (seed: number) => void;
  readonly calm?: () => void;
  /** Ends everything; afterwards nothing of the provider may be left. */
  close(): Promise<void>;
}

/** Observes at every change until the sightings satisfy; ended replicas seen on the way are kept. */
export async function observeUntil(
  harness: ProviderHarness,
  holds: (live: ReplicaSighting[], exited: ReplicaSighting[]) => boolean,
): Promise<{ live: ReplicaSighting[]; exited: ReplicaSighting[] }> {
  const exited: ReplicaSighting[] = [];
  for (;;) {
    const before = harness.changes();
    const seen = await harness.provider.observe();
    const live = seen.filter((sighting) => sighting.state !== "exited");
    exited.push(...seen.filter((sighting) => sighting.state === "exited"));
    if (holds(live, exited)) return { live, exited };
    await harness.changedSince(before);
  }
}

const names = (sightings: readonly { readonly name: string }[]) =>
  sightings.map((seen) => seen.name).sort();

/** What every provider must do. Run it from a test of each provider. */
export function providerConformance(open: () => Promise<ProviderHarness>): void {
  let harness: ProviderHarness;
  beforeEach(async () => {
    harness = await open();
  });
  afterEach(() => harness.close());
  const run = async (spec: ReplicaSpec) => {
    await harness.provider.apply(spec, "running");
    await harness.up(spec.name);
  };

  describe("every provider", () => {
    it("starts with nothing", async () => {
      expect(await harness.provider.observe()).toEqual([]);
    });

    it("shows a started replica with all its facts", async () => {
      const spec = harness.spec("vision", 2);
      await run(spec);
      const { live } = await observeUntil(harness, (all) => all[0]?.state === "running");
      expect(live).toEqual([
        {
          name: spec.name,
          installation: spec.installation,
          pool: "vision",
          replica: 2,
          state: "running",
          phase: null,
          trouble: null,
          providerRef: expect.stringMatching(/./),
          startedAtMs: expect.any(Number),
          machine: spec.machine,
          exit: null,
        },
      ]);
    });

    it("makes one replica out of repeated and simultaneous starts", async () => {
      const spec = harness.spec("vision", 1);
      await Promise.all([1, 2, 3].map(() => harness.provider.apply(spec, "running")));
      await harness.up(spec.name);
      const first = await observeUntil(harness, (all) => all.length > 0);
      await harness.provider.apply(spec, "running");
      const second = await observeUntil(harness, (all) => all.length > 0);
      expect(second.live.map((seen) => seen.providerRef)).toEqual([first.live[0]?.providerRef]);
    });

    it("stops a replica and tells its end once at most", async () => {
      const spec = harness.spec("text", 1);
      await run(spec);
      await orderUntilGone(harness, spec);
      expect(await harness.provider.observe()).toEqual([]);
    });

    it("takes an order to stop what does not run", async () => {
      await harness.provider.apply(harness.spec("text", 3), "stopped");
      expect(await harness.provider.observe()).toEqual([]);
    });

    it("tells that a replica ended by itself", async () => {
      const spec = harness.spec("vision", 1);
      await run(spec);
      const before = (await harness.provider.observe())[0]?.providerRef;
      harness.crash(spec.name);
      const { live, exited } = await observeUntil(
        harness,
        (all, ended) => ended.length > 0 || all[0]?.providerRef !== before,
      );
      if (harness.tells === "absence") {
        // The provider may have put another one in its place; that is a run of its own.
        expect(live.map((seen) => seen.providerRef)).not.toContain(before);
        return;
      }
      expect(exited[0]?.exit).toMatchObject({ code: 3, signal: null });
      expect(exited[0]?.exit?.logTail).toContain("last words");
    });

    it("stops one replica and leaves the others", async () => {
      const specs = [harness.spec("vision", 1), harness.spec("vision", 2), harness.spec("text", 1)];
      for (const spec of specs) await run(spec);
      await orderUntilGone(harness, harness.spec("vision", 2));
      const { live } = await observeUntil(harness, () => true);
      expect(names(live)).toEqual(names(live.filter((seen) => seen.name !== specs[1]?.name)));
      expect(live).toHaveLength(2);
    });

    it("starts a slot anew after its replica ended", async () => {
      const spec = harness.spec("vision", 1);
      await run(spec);
      const before = await observeUntil(harness, (all) => all[0]?.state === "running");
      await orderUntilGone(harness, spec);
      await run(spec);
      const after = await observeUntil(harness, (all) => all[0]?.state === "running");
      expect(after.live[0]?.providerRef).not.toBe(before.live[0]?.providerRef);
    });

    it("reaches what is wanted last when orders are repeated until it does", async () => {
      const spec = harness.spec("text", 1);
      await run(spec);
      await harness.provider.apply(spec, "stopped");
      await harness.provider.apply(spec, "running");
      const { live } = await orderUntil(harness, spec, "running", (all) => runs(all));
      expect(names(live)).toEqual([spec.name]);
    });

    it("prices what it rents out, and never at nothing", async () => {
      const prices = await harness.provider.prices();
      expect(prices.length).toBeGreaterThan(0);
      for (const { microUsdPerHour } of prices) expect(microUsdPerHour).not.toBe(0);
    });
  });

  it.each([1, 2, 3, 4, 5])("holds its promises through the faults of seed %i", async (seed) => {
    const { disturb, calm } = harness;
    if (disturb === undefined || calm === undefined) return;
    const specs = [harness.spec("vision", 1), harness.spec("vision", 2), harness.spec("text", 1)];
    disturb(seed);
    // While calls fail, some orders get through: none may make two of one.
    for (const want of ["running", "stopped", "running"] as const) {
      for (let round = 0; round < 3; round += 1) {
        await Promise.allSettled(specs.map((spec) => harness.provider.apply(spec, want)));
        const seen = await harness.provider.observe().catch(() => []);
        expect(new Set(names(seen)).size).toBe(seen.length);
      }
    }
    calm();
    for (const spec of specs) await orderUntil(harness, spec, "running", (all) => runs(all, spec));
    expect(names(await harness.provider.observe())).toEqual(names(specs));
    for (const spec of specs) await orderUntilGone(harness, spec);
    expect(await harness.provider.observe()).toEqual([]);
  });
}

const runs = (live: readonly ReplicaSighting[], spec?: ReplicaSpec): boolean =>
  live.some((one) => one.state === "running" && (spec === undefined || one.name === spec.name));

/** As the reconciler does it: the order is given at every look until what is wanted is seen. */
async function orderUntil(
  harness: ProviderHarness,
  spec: ReplicaSpec,
  want: "running" | "stopped",
  holds: (live: ReplicaSighting[]) => boolean,
): Promise<{ live: ReplicaSighting[]; exited: ReplicaSighting[] }> {
  const exited: ReplicaSighting[] = [];
  for (;;) {
    const before = harness.changes();
    await harness.provider.apply(spec, want);
    const seen = await harness.provider.observe();
    const live = seen.filter((sighting) => sighting.state !== "exited");
    exited.push(...seen.filter((sighting) => sighting.state === "exited"));
    if (holds(live)) return { live, exited };
    await harness.changedSince(before);
  }
}

async function orderUntilGone(harness: ProviderHarness, spec: ReplicaSpec): Promise<void> {
  const { exited } = await orderUntil(
    harness,
    spec,
    "stopped",
    (live) => !live.some((one) => one.name === spec.name),
  );
  const ends = exited.filter((one) => one.name === spec.name);
  if (harness.tells === "absence") expect(ends.length).toBeLessThanOrEqual(1);
  else expect(ends).toMatchObject([{ exit: { code: 0, signal: null } }]);
}
