import { describe, expect, it } from "vitest";
import type { Machine, ReplicaSpec } from "../provider.ts";
import { defaultTemplate, type KubernetesMachine } from "./options.ts";
import { machineFrom, podOf, secretOf } from "./pod.ts";

const machine: Machine = { gpu: "L40S", gpus: 2, region: "eu west/1", spot: true };
const offer: KubernetesMachine = {
  ...{ gpu: "L40S", gpus: 2, vramGb: 96 },
  ...{ usdPerHour: 1.5, spot: true },
};
const template = { ...defaultTemplate, image: "registry.test/pilotlight:1" };
const spec: ReplicaSpec = {
  ...{ name: "pl-abc-vision-1", installation: "abc", pool: "vision", replica: 1 },
  env: { PLAIN: "costs $5, $(HOME), $$", BOTH: "in sight" },
  secrets: { TOKEN: "ключ", BOTH: "out of sight" },
  machine,
};

describe("podOf", () => {
  const pod = podOf(spec, offer, template);
  const container = pod.spec?.containers[0];

  it("bears the replica's name and says whose it is", () => {
    expect(pod.metadata?.name).toBe("pl-abc-vision-1");
    expect(pod.metadata?.labels).toEqual({
      "app.kubernetes.io/managed-by": "pilotlight",
      "pilotlight/installation": "abc",
      "pilotlight/pool": "vision",
      "pilotlight/replica": "1",
    });
  });

  it("gives no rights in the cluster and starts nothing anew", () => {
    expect(pod.spec).toMatchObject({
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
    expect(container?.securityContext).toEqual({ allowPrivilegeEscalation: false });
  });

  it("writes values so that nothing is put in the place of a dollar sign", () => {
    const plain = container?.env?.find(({ name }) => name === "PLAIN");
    expect(plain?.value).toBe("costs $$5, $$(HOME), $$$$");
  });

  it("names secrets by reference alone, also one that is a plain variable too", () => {
    expect(container?.env?.filter(({ name }) => name === "BOTH")).toEqual([
      { name: "BOTH", valueFrom: { secretKeyRef: { name: "pl-abc-vision-1", key: "BOTH" } } },
    ]);
    expect(JSON.stringify(pod)).not.toContain("ключ");
  });

  it("tells nodes' autoscalers to leave it alone", () => {
    expect(pod.metadata?.annotations).toMatchObject({
      "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
      "karpenter.sh/do-not-disrupt": "true",
    });
  });

  it("adds GPUs to what the template asks for, and the GPU's node to its nodes", () => {
    const resources = { requests: { cpu: "4" }, limits: { memory: "32Gi" } };
    const made = podOf(spec, offer, { ...template, resources, nodeSelector: { disk: "ssd" } });
    expect(made.spec?.containers[0]?.resources).toEqual({
      requests: { cpu: "4", "nvidia.com/gpu": "2" },
      limits: { memory: "32Gi", "nvidia.com/gpu": "2" },
    });
    expect(made.spec?.nodeSelector).toEqual({ disk: "ssd", "nvidia.com/gpu.product": "L40S" });
  });

  it("takes the machine's own selector of nodes instead of the label", () => {
    const made = podOf(spec, { ...offer, nodeSelector: { pool: "spot" } }, template);
    expect(made.spec?.nodeSelector).toEqual({ pool: "spot" });
  });

  it("mounts what the template mounts", () => {
    const volumes = [{ name: "weights", persistentVolumeClaim: { claimName: "weights" } }];
    const volumeMounts = [{ name: "weights", mountPath: "/models", readOnly: true }];
    const made = podOf(spec, offer, { ...template, volumes, volumeMounts });
    expect(made.spec?.volumes).toEqual(volumes);
    expect(made.spec?.containers[0]?.volumeMounts).toEqual(volumeMounts);
  });
});

describe("secretOf", () => {
  it("holds the secrets as base64 of their UTF-8", () => {
    const { TOKEN = "" } = secretOf(spec)?.data ?? {};
    expect(Buffer.from(TOKEN, "base64").toString("utf8")).toBe("ключ");
  });

  it("is none where there are no secrets", () => {
    expect(secretOf({ ...spec, secrets: {} })).toBeNull();
  });
});

describe("machineFrom", () => {
  const again = (one: Machine | null) =>
    machineFrom(podOf({ ...spec, machine: one }, null, template).metadata?.annotations ?? {});

  it.each([machine, { gpu: null, gpus: 0, region: null, spot: false }, null])(
    "reads the machine that was written: %j",
    (one) => {
      expect(again(one)).toEqual(one);
    },
  );

  it("knows no machine where the number of GPUs is no number", () => {
    expect(machineFrom({ "pilotlight/gpu": "L40S", "pilotlight/gpus": "many" })).toBeNull();
  });
});
