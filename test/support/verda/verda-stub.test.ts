import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Home, openHome } from "../../conformance/home.ts";
import { observeUntil } from "../../conformance/provider.ts";
import {
  openVerda,
  registrationToken,
  type VerdaHarness,
} from "../../conformance/verda-harness.ts";
import { paidMsOf } from "./bill.ts";
import { disturbedBy, failingBy } from "./faults.ts";
import { processRunner } from "./runner.ts";
import { firstSwitches, only, secondSwitches, switchNames, verdaSwitches } from "./switches.ts";

const file = fileURLToPath(new URL("../../conformance/container.mjs", import.meta.url));

describe("the stub of Verda with processes for containers", () => {
  let home: Home;
  let harness: VerdaHarness;
  const output: string[] = [];
  beforeEach(async () => {
    home = await openHome();
    const runner = processRunner({
      file,
      env: { PATH: process.env.PATH, CALL_HOME: String(home.port) },
      envOf: ({ deployment }) => ({ CONTAINER_NAME: deployment }),
      onOutput: (_, text) => void output.push(text),
      ready: ({ deployment }) => home.heard(deployment),
    });
    harness = await openVerda({ tickMs: 0, stub: { runner, graceMs: 50 } });
  });
  afterEach(async () => {
    await harness.close();
    await home.empty();
    await home.close();
  });
  const start = async (env: Record<string, string> = {}) => {
    const plain = harness.spec("vision", 1);
    const spec = { ...plain, env: { ...plain.env, ...env } };
    await harness.provider.apply(spec, "running");
    await harness.up(spec.name);
    return spec;
  };

  it("runs one for a replica, with its variables and secrets", async () => {
    const spec = await start();
    expect(home.pidOf(spec.name)).toBeGreaterThan(0);
    expect(output.join("")).toContain("PILOTLIGHT_REGISTRATION_TOKEN");
    expect([...harness.stub.secrets.values()]).toEqual([registrationToken]);
  });

  it("asks it to end when it is scaled to zero", async () => {
    const spec = await start();
    harness.advance(5_000);
    await harness.provider.apply(spec, "stopped");
    await home.gone(spec.name);
    await harness.stub.until(() => harness.stub.bill.every((row) => row.endedAtMs !== null));
    const [row] = harness.stub.bill;
    expect((row?.endedAtMs ?? 0) - (row?.startedAtMs ?? 0)).toBe(5_000);
  });

  it("kills it when it has not ended after the grace", async () => {
    const spec = await start({ STUBBORN: "1" });
    await harness.provider.apply(spec, "stopped");
    await home.heard(spec.name, "refused");
    await home.gone(spec.name);
  });

  it("puts another one in the place of one that died", async () => {
    const spec = await start();
    const before = home.pidOf(spec.name);
    home.tell(spec.name, "crash");
    await harness.stub.until(() => harness.stub.bill.length === 2);
    await observeUntil(harness, (all) => all[0]?.state === "running");
    expect(home.pidOf(spec.name)).not.toBe(before);
  });
});

describe("the stub of Verda", () => {
  it("has two settings for every fact that is not known", () => {
    for (const name of switchNames) {
      expect(new Set(verdaSwitches[name]).size).toBe(2);
      expect(only(name)).toEqual({ ...firstSwitches, [name]: secondSwitches[name] });
    }
  });

  it("fails the same way for the same seed, in about three calls of ten", () => {
    const faults = (seed: number) => {
      const next = disturbedBy(seed);
      return Array.from({ length: 1_000 }, () => next());
    };
    expect(faults(1)).toEqual(faults(1));
    expect(faults(1)).not.toEqual(faults(2));
    const failed = faults(3).filter((fault) => fault !== null).length;
    expect(failed).toBeGreaterThan(250);
    expect(failed).toBeLessThan(350);
  });

  it("fails every call while it is down, and is as before afterwards", async () => {
    const faults = Array.from({ length: 1_000 }, failingBy(5));
    expect(faults.filter((fault) => fault === null)).toEqual([]);
    expect(new Set(faults.map((fault) => fault?.kind))).toEqual(
      new Set(["answer", "reset", "hang"]),
    );
    const harness = await openVerda();
    harness.stub.goDown(5);
    await expect(harness.provider.observe()).rejects.toMatchObject({
      code: expect.stringMatching(/^PROVIDER_/),
    });
    expect(harness.stub.calls.map(({ path }) => path)).toEqual(["/oauth2/token"]);
    harness.stub.calm();
    harness.advance(10_000);
    expect(await harness.provider.observe()).toEqual([]);
    await harness.close();
  });

  it("rounds its bill replica by replica, or all of it once", () => {
    const row = (startedAtMs: number, endedAtMs: number | null) => ({
      ...{ name: "a", replicaId: "a-1", gpu: "L40S", size: 1, spot: false },
      startedAtMs,
      endedAtMs,
    });
    const rows = [row(0, 60_000), row(100_000, null)];
    expect(paidMsOf(rows, "replica", 200_000)).toBe(1_200_000);
    expect(paidMsOf(rows, "account", 200_000)).toBe(600_000);
  });
});

describe("two stubs of Verda", () => {
  it("rent out their own machines side by side", async () => {
    const machines = (name: string) => [
      { name, size: 1, usd: 1, spotUsd: 0.5, vramGb: 48, isAvailable: true },
    ];
    const north = await openVerda({ stub: { machines: machines("L40S") } });
    const south = await openVerda({ stub: { machines: machines("H200") } });
    const gpus = async ({ provider }: VerdaHarness) =>
      (await provider.prices()).map((one) => one.gpu);
    expect(await gpus(north)).toEqual(["L40S", "L40S"]);
    expect(await gpus(south)).toEqual(["H200", "H200"]);
    const spec = north.spec("text", 1);
    await expect(south.provider.apply(spec, "running")).rejects.toMatchObject({
      code: "PROVIDER_REFUSED",
    });
    await north.provider.apply(spec, "running");
    await north.up(spec.name);
    expect(await south.provider.observe()).toEqual([]);
    await Promise.all([north.close(), south.close()]);
  });
});
