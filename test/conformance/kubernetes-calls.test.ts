import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Refusal } from "../support/kubernetes/objects.ts";
import type { KubernetesStub } from "../support/kubernetes/stub.ts";
import { type KubernetesHarness, machine, openKubernetes, providerOf } from "./kubernetes.ts";

describe("the kubernetes provider's calls", () => {
  let harness: KubernetesHarness;
  let stub: KubernetesStub;
  beforeEach(async () => {
    harness = await openKubernetes();
    stub = harness.stub;
  });
  afterEach(() => harness.close());
  const spec = () => harness.spec("vision", 1);
  const run = async () => {
    await harness.provider.apply(spec(), "running");
    await stub.up(spec().name);
    return spec().name;
  };
  const observe = () => harness.provider.observe();
  const callsOf = (pattern: RegExp) => stub.calls.filter((call) => pattern.test(call)).length;

  describe("a list", () => {
    it("is read to its last page", async () => {
      stub.pageItems = 2;
      for (const replica of [1, 2, 3, 4, 5]) {
        await harness.provider.apply(harness.spec("text", replica), "running");
      }
      stub.calls.length = 0;
      expect(await observe()).toHaveLength(5);
      expect(callsOf(/GET .*pods\?/)).toBe(3);
    });

    it("is begun anew when it grew too old, and each replica is shown once", async () => {
      stub.pageItems = 1;
      for (const replica of [1, 2, 3]) {
        await harness.provider.apply(harness.spec("text", replica), "running");
      }
      const expired = new Refusal(410, "Expired", "The provided continue parameter is too old.");
      stub.faults.plan(/continue=pl-abc-text-2/, expired);
      expect((await observe()).map(({ replica }) => replica)).toEqual([1, 2, 3]);
      stub.faults.plan(/continue=/, expired, "before", 2);
      await expect(observe()).rejects.toMatchObject({ code: "PROVIDER_UNREACHABLE" });
    });

    it("throws rather than showing half of it", async () => {
      stub.pageItems = 1;
      await harness.provider.apply(harness.spec("text", 1), "running");
      await harness.provider.apply(harness.spec("text", 2), "running");
      stub.faults.plan(/continue=/, "reset");
      await expect(observe()).rejects.toMatchObject({ code: "PROVIDER_UNREACHABLE" });
    });
  });

  describe("a call that fails", () => {
    it.each([
      [new Refusal(401, "Unauthorized", "Unauthorized"), "PROVIDER_REFUSED"],
      [new Refusal(403, "Forbidden", "pods is forbidden"), "PROVIDER_REFUSED"],
      [new Refusal(403, "Forbidden", "exceeded quota: gpus, used: 2"), "PROVIDER_NO_CAPACITY"],
      [new Refusal(422, "Invalid", "spec.containers[0].image: Required"), "PROVIDER_REFUSED"],
      [new Refusal(409, "Conflict", "quota has been modified"), "PROVIDER_UNREACHABLE"],
      [new Refusal(429, "TooMany", "slow down", { "retry-after": "7" }), "PROVIDER_RATE_LIMITED"],
      [new Refusal(503, "ServiceUnavailable", "starting"), "PROVIDER_UNREACHABLE"],
      ["reset" as const, "PROVIDER_UNREACHABLE"],
    ])("tells which failure it was (%#)", async (how, code) => {
      stub.faults.plan(/POST .*pods/, how);
      const detail = expect.stringContaining(`create Pod ${spec().name}: `);
      await expect(harness.provider.apply(spec(), "running")).rejects.toMatchObject({
        code,
        detail:
          how instanceof Refusal && how.status !== 401
            ? expect.stringContaining(how.message)
            : detail,
      });
      // A refusal leaves nothing behind; after an unknown outcome the Pod may want its Secret.
      const keeps = code === "PROVIDER_UNREACHABLE" ? 1 : 0;
      expect(stub.node.secrets.size).toBe(keeps);
      await run();
      expect(await observe()).toMatchObject([{ state: "running" }]);
    });

    it("says for how long the server asks to be left alone", async () => {
      const slow = new Refusal(429, "TooManyRequests", "slow down", { "retry-after": "7" });
      stub.faults.plan(/GET/, slow);
      await expect(observe()).rejects.toThrow("list Pods: slow down (in 7 s)");
    });

    it.each(["before", "after"] as const)(
      "ends at its deadline and closes its socket, silent %s the deed",
      async (when) => {
        const hasty = providerOf(stub, { callMs: 500 });
        stub.faults.plan(/POST .*pods/, "hang", when);
        await expect(hasty.apply(spec(), "running")).rejects.toMatchObject({
          code: "PROVIDER_UNREACHABLE",
          detail: expect.stringContaining("no answer within 500 ms"),
        });
        await stub.dropped(1);
        await run();
        expect(stub.node.made).toEqual([spec().name]);
      },
    );

    it("tells a wrong token and a server that is not there", async () => {
      const stranger = providerOf(stub, {
        kubeconfig: { kind: "string", text: stub.kubeconfig({ token: "wrong" }) },
      });
      await expect(stranger.observe()).rejects.toMatchObject({ code: "PROVIDER_REFUSED" });
      const nowhere = providerOf(stub, {
        kubeconfig: { kind: "string", text: stub.kubeconfig({ port: 1 }) },
      });
      await expect(nowhere.observe()).rejects.toMatchObject({ code: "PROVIDER_UNREACHABLE" });
    });
  });

  it.each([
    ["no YAML", "{", "kubeconfig: "],
    ["no cluster", "apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncontexts: []", "none"],
    ["no TLS", () => stub.kubeconfig().replace("true", "false"), "insecure-skip-tls-verify"],
  ])("takes no kubeconfig with %s", (_, text, says) => {
    const given = typeof text === "string" ? text : text();
    const open = () => providerOf(stub, { kubeconfig: { kind: "string", text: given } });
    expect(open).toThrow(says);
  });

  it("prices its machines as the configuration says", async () => {
    expect(await harness.provider.prices()).toEqual([
      { ...machine, vramGb: 48, microUsdPerHour: 1_510_000, isAvailable: null },
      { ...machine, spot: true, vramGb: 48, microUsdPerHour: "unpriced", isAvailable: null },
      {
        ...{ gpu: null, gpus: 0, region: "lab", spot: false },
        ...{ vramGb: null, microUsdPerHour: null, isAvailable: null },
      },
    ]);
    expect(stub.calls).toEqual([]);
  });
});
