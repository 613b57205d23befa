import { beforeEach, describe, expect, it } from "vitest";
import { type Provider, type ReplicaSpec, replicaName } from "../../src/providers/provider.ts";
import {
  createStaticProvider,
  type RegisteredReplica,
  type StaticMachine,
} from "../../src/providers/static/static.ts";

const installation = "abc";
const server: StaticMachine = {
  ...{ gpu: "A6000", gpus: 2, region: "cellar" },
  ...{ vramGb: 96, usdPerHour: 1.1 },
};
const specOf = (pool: string, replica: number): ReplicaSpec => ({
  name: replicaName(installation, pool, replica),
  ...{ installation, pool, replica, env: {}, secrets: {}, machine: null },
});

describe("the static provider", () => {
  let registered: RegisteredReplica[] = [];
  let provider: Provider;
  const open = (machines: readonly StaticMachine[]) =>
    createStaticProvider({
      ...{ name: "cellar", installation, machines },
      registered: async () => registered,
    });
  const register = (pool: string, replica: number, containerId: string, startedAtMs = 1_000) =>
    registered.push({ pool, replica, containerId, startedAtMs });
  beforeEach(() => {
    registered = [];
    provider = open([server]);
  });

  it("starts with nothing", async () => {
    expect(await provider.observe()).toEqual([]);
  });

  it("shows a registered container as a running replica with all its facts", async () => {
    register("vision", 2, "c1");
    expect(await provider.observe()).toEqual([
      {
        ...{ name: "pl-abc-vision-2", installation, pool: "vision", replica: 2 },
        ...{ state: "running", phase: null, trouble: null },
        ...{ providerRef: "c1", startedAtMs: 1_000, exit: null },
        machine: { gpu: "A6000", gpus: 2, region: "cellar", spot: false },
      },
    ]);
  });

  it("shows one replica a slot: the container that registered last", async () => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      registered = [];
      for (const start of order) register("text", 1, `c${start}`, start);
      const seen = await provider.observe();
      expect(seen.map(({ providerRef }) => providerRef)).toEqual(["c2"]);
    }
  });

  it("takes repeated and simultaneous orders to run what runs, and does nothing", async () => {
    register("text", 1, "c1");
    const before = await provider.observe();
    await Promise.all([1, 2, 3].map(() => provider.apply(specOf("text", 1), "running")));
    expect(await provider.observe()).toEqual(before);
  });

  it("cannot start one, and says who can", async () => {
    register("text", 2, "c2");
    await expect(provider.apply(specOf("text", 1), "running")).rejects.toMatchObject({
      code: "REPLICA_START_FAILED",
      detail: expect.stringContaining("pl-abc-text-1 has not registered"),
    });
    expect(await provider.observe()).toHaveLength(1);
  });

  it("stops none, whether it runs or not", async () => {
    register("text", 1, "c1");
    await provider.apply(specOf("text", 1), "stopped");
    await provider.apply(specOf("text", 1), "stopped");
    await provider.apply(specOf("text", 2), "stopped");
    expect(await provider.observe()).toMatchObject([{ state: "running", providerRef: "c1" }]);
  });

  it("shows one that has left no longer", async () => {
    register("text", 1, "c1");
    await provider.observe();
    registered = [];
    expect(await provider.observe()).toEqual([]);
  });

  it("touches no other installation", async () => {
    const foreign = { ...specOf("text", 1), installation: "other" };
    for (const want of ["running", "stopped"] as const) {
      await expect(provider.apply(foreign, want)).rejects.toThrow("another installation");
    }
  });

  it("throws rather than showing nothing when nobody can say what is registered", async () => {
    const blind = createStaticProvider({
      ...{ name: "cellar", installation, machines: [server] },
      registered: () => Promise.reject(new Error("no database")),
    });
    await expect(blind.observe()).rejects.toThrow("no database");
    await expect(blind.apply(specOf("text", 1), "running")).rejects.toThrow("no database");
  });

  it("tells no machine where there are several kinds", async () => {
    provider = open([server, { ...server, gpu: "L40S" }]);
    register("text", 1, "c1");
    expect(await provider.observe()).toMatchObject([{ machine: null }]);
  });

  it("prices each kind as the configuration says, none at nothing, and rents out none", async () => {
    provider = open([server, { ...server, usdPerHour: null }, { ...server, usdPerHour: 0 }]);
    const prices = await provider.prices();
    expect(prices.map(({ microUsdPerHour }) => microUsdPerHour)).toEqual([
      1_100_000,
      "unpriced",
      null,
    ]);
    expect(prices.map(({ isAvailable }) => isAvailable)).toEqual([false, false, false]);
  });
});
