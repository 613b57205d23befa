import { afterEach, describe, expect, it } from "vitest";
import { firstSwitches, only } from "../support/verda/switches.ts";
import { machine, openVerda, type VerdaHarness } from "./verda-harness.ts";

describe("orders to verda where facts differ", () => {
  let harness: VerdaHarness;
  afterEach(() => harness.close());

  it("make a deployment anew when its machine cannot change, once the old one is gone", async () => {
    harness = await openVerda({ stub: { switches: only("machineChange") } });
    const { provider, stub } = harness;
    const spec = harness.spec("vision", 1);
    await provider.apply(spec, "running");
    await harness.up(spec.name);
    const first = (await provider.observe())[0];
    await provider.apply(spec, "stopped");
    await stub.until(() => stub.deployments.get(spec.name)?.replicas.length === 0);
    const moved = { ...spec, machine: { ...machine, gpu: "H200" } };
    await provider.apply(moved, "running");
    await stub.until(() => !stub.deployments.has(spec.name));
    await provider.apply(moved, "running");
    await harness.up(spec.name);
    const second = (await provider.observe())[0];
    expect(second?.machine?.gpu).toBe("H200");
    expect(second?.providerRef).not.toBe(first?.providerRef);
    expect(stub.count("DELETE", /vision-1$/)).toBe(1);
  });

  it.each([
    ["a word of status", firstSwitches],
    ["a 503", only("noCapacity")],
  ])("throw when there is no machine, told by %s, and take the order back", async (_, switches) => {
    harness = await openVerda({ stub: { switches } });
    const { provider, stub } = harness;
    const spec = harness.spec("vision", 1);
    stub.setCapacity("L40S", 1, 0);
    const noCapacity = { code: "PROVIDER_NO_CAPACITY" };
    await expect(provider.apply(spec, "running")).rejects.toMatchObject(noCapacity);
    stub.setCapacity("L40S", 1, null);
    expect((await provider.observe()).filter((seen) => seen.state !== "stopping")).toEqual([]);
    await provider.apply(spec, "stopped");
    expect(await provider.observe()).toEqual([]);
    expect(stub.bill).toEqual([]);
    // The same once the deployment exists and sleeps.
    await provider.apply(spec, "running");
    await harness.up(spec.name);
    await provider.apply(spec, "stopped");
    await stub.until(() => stub.deployments.get(spec.name)?.replicas.length === 0);
    await provider.apply(spec, "stopped");
    stub.setCapacity("L40S", 1, 0);
    await expect(provider.apply(spec, "running")).rejects.toMatchObject(noCapacity);
    stub.setCapacity("L40S", 1, null);
    await provider.apply(spec, "running");
    await harness.up(spec.name);
  });

  it.each([
    ["free", firstSwitches],
    ["billed", only("pausedTime")],
  ])(
    "cost the same when paused time is %s, since nothing is paused that runs",
    async (_, switches) => {
      harness = await openVerda({ tickMs: 0, stub: { switches } });
      const { provider, stub } = harness;
      const spec = harness.spec("vision", 1);
      await provider.apply(spec, "running");
      await harness.up(spec.name);
      harness.advance(660_000);
      await provider.apply(spec, "stopped");
      await stub.until(() => stub.deployments.get(spec.name)?.replicas.length === 0);
      await provider.apply(spec, "stopped");
      harness.advance(3_600_000);
      expect(stub.paidMs()).toBe(1_200_000);
      expect(stub.bill).toMatchObject([{ name: spec.name, gpu: "L40S", size: 1, spot: false }]);
    },
  );
});
