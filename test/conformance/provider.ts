import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Provider, ReplicaSighting, ReplicaSpec } from "../../src/providers/provider.ts";

/** What a provider's own test must bring so that the common suite can drive it. */
export interface ProviderHarness {
  readonly provider: Provider;
  /** A container that runs until it is told to stop. */
  spec(pool: string, replica: number): ReplicaSpec;
  /** Resolves when the container works and would obey an order to stop. */
  up(name: string): Promise<void>;
  /** Makes the container end by itself, with code 3 and "last words" in its log. */
  crash(name: string): void;
  /** How often something has changed, and a wait for the next time. */
  changes(): number;
  changedSince(changes: number): Promise<void>;
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

const names = (sightings: readonly ReplicaSighting[]) => sightings.map((seen) => seen.name).sort();

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
          providerRef: expect.stringMatching(/./),
          startedAtMs: expect.any(Number),
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

    it("stops a replica and tells its end exactly once", async () => {
      const spec = harness.spec("text", 1);
      await run(spec);
      await Promise.all([1, 2].map(() => harness.provider.apply(spec, "stopped")));
      const { live, exited } = await observeUntil(harness, (_, ended) => ended.length > 0);
      expect(live).toEqual([]);
      expect(exited).toHaveLength(1);
      expect(exited[0]).toMatchObject({ name: spec.name, exit: { code: 0, signal: null } });
      expect(await harness.provider.observe()).toEqual([]);
    });

    it("takes an order to stop what does not run", async () => {
      await harness.provider.apply(harness.spec("text", 3), "stopped");
      expect(await harness.provider.observe()).toEqual([]);
    });

    it("tells how a replica ended by itself, with its last words", async () => {
      const spec = harness.spec("vision", 1);
      await run(spec);
      harness.crash(spec.name);
      const { exited } = await observeUntil(harness, (_, ended) => ended.length > 0);
      expect(exited[0]?.exit).toMatchObject({ code: 3, signal: null });
      expect(exited[0]?.exit?.logTail).toContain("last words");
    });

    it("stops one replica and leaves the others", async () => {
      const specs = [harness.spec("vision", 1), harness.spec("vision", 2), harness.spec("text", 1)];
      for (const spec of specs) await run(spec);
      await harness.provider.apply(harness.spec("vision", 2), "stopped");
      const { live } = await observeUntil(harness, (_, ended) => ended.length > 0);
      expect(names(live)).toEqual(names(live.filter((seen) => seen.name !== specs[1]?.name)));
      expect(live).toHaveLength(2);
    });

    it("starts a slot anew after its replica ended", async () => {
      const spec = harness.spec("vision", 1);
      await run(spec);
      const before = await observeUntil(harness, (all) => all.length > 0);
      await harness.provider.apply(spec, "stopped");
      await observeUntil(harness, (_, ended) => ended.length > 0);
      await run(spec);
      const after = await observeUntil(harness, (all) => all.length > 0);
      expect(after.live[0]?.providerRef).not.toBe(before.live[0]?.providerRef);
    });

    it("reaches what is wanted last when orders are repeated until it does", async () => {
      const spec = harness.spec("text", 1);
      await run(spec);
      await harness.provider.apply(spec, "stopped");
      await harness.provider.apply(spec, "running");
      await observeUntil(harness, (_, ended) => ended.length > 0);
      await run(spec);
      const { live } = await observeUntil(harness, (all) => all[0]?.state === "running");
      expect(names(live)).toEqual([spec.name]);
    });

    it("prices every pool, and never at nothing", async () => {
      const prices = await harness.provider.prices();
      expect(prices.map((price) => price.pool)).toEqual(expect.arrayContaining(["vision", "text"]));
      for (const { microUsdPerHour } of prices) expect(microUsdPerHour).not.toBe(0);
    });
  });
}
