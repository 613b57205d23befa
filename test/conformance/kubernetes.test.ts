import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replicaName } from "../../src/providers/provider.ts";
import { Refusal } from "../support/kubernetes/objects.ts";
import { processRunner } from "../support/kubernetes/runner.ts";
import type { KubernetesStub } from "../support/kubernetes/stub.ts";
import { openHome } from "./home.ts";
import { type KubernetesHarness, machine, openKubernetes, providerOf } from "./kubernetes.ts";
import { observeUntil, providerConformance } from "./provider.ts";

providerConformance(() => openKubernetes());

describe("the kubernetes provider", () => {
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

  describe("starting", () => {
    it("keeps secrets out of the Pod, in a Secret that goes when the Pod goes", async () => {
      const name = await run();
      expect(JSON.stringify([...stub.node.pods.values()])).not.toContain("a secret");
      expect(stub.node.secret(name).metadata.ownerReferences).toMatchObject([
        { kind: "Pod", name, uid: stub.node.pod(name).metadata.uid },
      ]);
      await harness.provider.apply(spec(), "stopped");
      await observeUntil(harness, (live) => live.length === 0);
      expect(stub.node.secrets.size).toBe(0);
    });

    it("asks for the GPU of the machine and for a node that has it", async () => {
      const name = await run();
      expect(stub.node.pod(name).spec).toMatchObject({
        nodeSelector: { "nvidia.com/gpu.product": "NVIDIA-L40S" },
        terminationGracePeriodSeconds: 1_800,
        containers: [{ resources: { limits: { "nvidia.com/gpu": "1" } } }],
      });
    });

    it("puts a new Secret in the place of one that an earlier run left", async () => {
      const data = { PILOTLIGHT_REGISTRATION_TOKEN: Buffer.from("old").toString("base64") };
      stub.node.putSecret({ metadata: { name: spec().name }, data });
      const name = await run();
      const { PILOTLIGHT_REGISTRATION_TOKEN: text = "" } = stub.node.secret(name).data ?? {};
      expect(Buffer.from(text, "base64").toString()).toBe("a secret");
    });

    it("makes one Pod when two control planes start the same replica", async () => {
      const other = providerOf(stub);
      const started = [harness.provider, other, harness.provider, other];
      await Promise.all(started.map((provider) => provider.apply(spec(), "running")));
      expect(stub.node.made).toEqual([spec().name]);
    });

    it("sees a Pod that was made although the answer said it was not", async () => {
      stub.faults.plan(/POST .*pods/, new Refusal(500, "InternalError", "timed out"), "after");
      await expect(harness.provider.apply(spec(), "running")).rejects.toMatchObject({
        code: "PROVIDER_UNREACHABLE",
      });
      expect(await observe()).toMatchObject([{ name: spec().name, state: "running" }]);
      await harness.provider.apply(spec(), "running");
      expect(stub.node.made).toEqual([spec().name]);
    });

    it("runs on when the Secret could not be given to the Pod", async () => {
      stub.faults.plan(/PATCH/, "reset");
      await run();
      expect(await observe()).toMatchObject([{ state: "running" }]);
    });

    it("refuses a machine that its configuration does not offer, and calls nobody", async () => {
      const wish = { ...spec(), machine: { ...machine, gpu: "H100" } };
      await expect(harness.provider.apply(wish, "running")).rejects.toMatchObject({
        code: "PROVIDER_REFUSED",
        detail: "cluster offers no machine with H100 x 1",
      });
      expect(stub.calls).toEqual([]);
    });

    it("starts without a GPU where no machine was chosen", async () => {
      await harness.provider.apply({ ...spec(), machine: null, secrets: {} }, "running");
      expect(await observe()).toMatchObject([{ state: "running", machine: null }]);
      expect(JSON.stringify(stub.node.pod(spec().name).spec)).not.toContain("nvidia");
      expect(stub.node.secrets.size).toBe(0);
    });
  });

  describe("a start that does not come on", () => {
    it("tells that no node takes the Pod, and that nothing is paid yet", async () => {
      stub.node.moods.unschedulable = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
      await harness.provider.apply(spec(), "running");
      expect(await observe()).toMatchObject([
        {
          state: "starting",
          phase: "provisioning",
          trouble: "Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
          startedAtMs: null,
        },
      ]);
      stub.node.moods.unschedulable = null;
      stub.node.lookAgain();
      expect(await observe()).toMatchObject([{ state: "running", trouble: null }]);
    });

    it("tells that the image cannot be pulled, and that the node is paid already", async () => {
      stub.node.moods.unpullable = 'Back-off pulling image "registry.test/pilotlight:1"';
      await harness.provider.apply(spec(), "running");
      expect(await observe()).toMatchObject([
        {
          state: "starting",
          phase: "pulling_image",
          trouble: 'ImagePullBackOff: Back-off pulling image "registry.test/pilotlight:1"',
          startedAtMs: expect.any(Number),
        },
      ]);
    });

    it("tells what the events say when the Pod says nothing", async () => {
      const { name } = spec();
      stub.node.moods.unpullable = "";
      await harness.provider.apply(spec(), "running");
      stub.node.waiting(name, "ContainerCreating");
      stub.node.warn(name, "FailedOld", "long ago", new Date(Date.now() - 3_600_000));
      expect(await observe()).toMatchObject([{ state: "starting", trouble: null }]);
      stub.node.warn(name, "FailedMount", "volume weights is not attached", new Date());
      expect(await observe()).toMatchObject([
        { state: "starting", trouble: "FailedMount: volume weights is not attached" },
      ]);
    });

    it("shows the Pod when its events may not be read", async () => {
      stub.node.moods.unpullable = "";
      await harness.provider.apply(spec(), "running");
      stub.node.waiting(spec().name, "ContainerCreating");
      stub.faults.plan(/events/, new Refusal(403, "Forbidden", "events is forbidden"));
      expect(await observe()).toMatchObject([{ state: "starting", trouble: null }]);
      expect(callsOf(/events/)).toBe(1);
    });
  });

  describe("ends", () => {
    it("are told once, with code and last words, and free the name", async () => {
      const name = await run();
      harness.crash(name);
      const { exited } = await observeUntil(harness, (_, ended) => ended.length > 0);
      expect(exited).toMatchObject([{ name, exit: { code: 3, signal: null } }]);
      expect(exited[0]?.exit?.logTail).toContain("last words");
      expect(await observe()).toEqual([]);
      expect(stub.node.pods.size).toBe(0);
      await run();
      expect(stub.node.made).toEqual([name, name]);
    });

    it("are told once also when the Pod cannot be deleted, which is tried again", async () => {
      const name = await run();
      stub.faults.plan(/DELETE .*pods/, "reset", "before", 2);
      harness.crash(name);
      const { exited } = await observeUntil(harness, (_, ended) => ended.length > 0);
      expect(exited).toHaveLength(1);
      await harness.provider.apply(spec(), "running");
      expect(await observe()).toEqual([]);
      expect(stub.node.made).toEqual([name]);
      expect(await observe()).toEqual([]);
      expect(stub.node.pods.size).toBe(0);
    });

    it("are told once to one of two that look at the same time", async () => {
      const name = await run();
      harness.crash(name);
      await stub.ended(name);
      const both = await Promise.all([observe(), observe()]);
      expect(both.flat()).toHaveLength(1);
    });

    it("never take the next run with them, which somebody else has started meanwhile", async () => {
      const name = await run();
      harness.crash(name);
      await stub.ended(name);
      const next = structuredClone(stub.node.pod(name));
      stub.onCall = (call) => {
        if (!/log/.test(call)) return;
        stub.node.delete(name);
        stub.node.create({ ...next, metadata: { ...next.metadata }, spec: { ...next.spec } });
      };
      expect(await observe()).toMatchObject([{ name, state: "exited" }]);
      expect(await observe()).toMatchObject([{ name, state: "starting" }]);
    });

    it("are told without their log when it cannot be read", async () => {
      const name = await run();
      stub.faults.plan(/log/, new Refusal(500, "InternalError", "no kubelet"));
      harness.crash(name);
      const { exited } = await observeUntil(harness, (_, ended) => ended.length > 0);
      expect(exited[0]?.exit).toEqual({ code: 3, signal: null, logTail: "" });
    });

    it("say that the node threw the Pod out", async () => {
      const name = await run();
      stub.node.evict(name, "The node was low on resource: memory.");
      const [seen] = await observe();
      expect(seen?.exit?.logTail).toContain("Evicted: The node was low on resource: memory.");
      expect(stub.node.pods.size).toBe(0);
    });

    it("say while it still drains that the machine is taken away", async () => {
      const name = await run();
      stub.node.moods.slowToEnd = true;
      stub.node.preempt(name);
      expect(await observe()).toMatchObject([
        {
          state: "stopping",
          trouble: "DeletionByTaintManager: Taint manager: deleting due to NoExecute taint",
        },
      ]);
    });
  });

  it("shows a slow one as stopping, does not start it meanwhile, and does afterwards", async () => {
    const name = await run();
    stub.node.moods.slowToEnd = true;
    await harness.provider.apply(spec(), "stopped");
    await harness.provider.apply(spec(), "stopped");
    await harness.provider.apply(spec(), "running");
    expect(await observe()).toMatchObject([{ name, state: "stopping" }]);
    expect(stub.node.made).toEqual([name]);
    stub.node.release(name);
    await observeUntil(harness, (live) => live.length === 0);
    await run();
    expect(stub.node.made).toEqual([name, name]);
  });

  describe("another installation", () => {
    it("is shown and never touched, also after its end", async () => {
      const name = replicaName("other", "text", 3);
      const theirs = { ...spec(), installation: "other", pool: "text", replica: 3, name };
      await providerOf(stub, { installation: "other" }).apply(theirs, "running");
      expect(await observe()).toMatchObject([{ name, installation: "other", state: "running" }]);
      for (const want of ["running", "stopped"] as const) {
        await expect(harness.provider.apply(theirs, want)).rejects.toMatchObject({
          code: "INTERNAL",
        });
      }
      stub.node.end(name, 3, "last words");
      const { exited } = await observeUntil(harness, (_, ended) => ended.length > 0);
      expect(exited).toMatchObject([{ installation: "other", state: "exited" }]);
      expect(await observe()).toEqual([]);
      expect(stub.node.pods.size).toBe(1);
    });

    it("is no Pod that merely stands in the same namespace", async () => {
      const labels = { "app.kubernetes.io/managed-by": "pilotlight" };
      const pod = structuredClone(stub.node.pod(await run()));
      stub.node.create({ ...pod, metadata: { name: "pilotlight-control", labels } });
      stub.node.create({ ...pod, metadata: { name: "pl-abc-vision-9" } });
      expect(await observe()).toHaveLength(1);
    });
  });
});

describe("the kubernetes provider over real processes", () => {
  it("hands on variables and secrets word for word, and ends a container by SIGTERM", async () => {
    const home = await openHome();
    const file = fileURLToPath(new URL("container.mjs", import.meta.url));
    const harness = await openKubernetes(processRunner(file));
    const plain = harness.spec("text", 1);
    const spec = {
      ...plain,
      env: { ...plain.env, CONTAINER_NAME: "$(PLAIN)" },
      secrets: { ...plain.secrets, CALL_HOME: String(home.port) },
    };
    await harness.provider.apply(spec, "running");
    // The name in which it calls is the variable's text, with nothing put in its place.
    await home.heard("$(PLAIN)");
    await harness.provider.apply(spec, "stopped");
    await home.gone("$(PLAIN)");
    await observeUntil(harness, (live) => live.length === 0);
    await harness.close();
    await home.close();
  });
});
