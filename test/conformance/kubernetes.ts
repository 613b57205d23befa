import { systemClock } from "../../src/lib/clock.ts";
import { createKubernetesProvider } from "../../src/providers/kubernetes/kubernetes.ts";
import type { KubernetesProviderOptions } from "../../src/providers/kubernetes/options.ts";
import { type Machine, replicaName } from "../../src/providers/provider.ts";
import { createLog } from "../../src/telemetry/log.ts";
import type { Runner } from "../support/kubernetes/runner.ts";
import { KubernetesStub } from "../support/kubernetes/stub.ts";
import type { ProviderHarness } from "./provider.ts";

export const installation = "abc";
export const machine: Machine = { gpu: "NVIDIA-L40S", gpus: 1, region: "lab", spot: false };

export interface KubernetesHarness extends ProviderHarness {
  readonly stub: KubernetesStub;
}

export function providerOf(stub: KubernetesStub, rest: Partial<KubernetesProviderOptions> = {}) {
  return createKubernetesProvider({
    name: "cluster",
    installation,
    namespace: stub.namespace,
    region: "lab",
    kubeconfig: { kind: "string", text: stub.kubeconfig() },
    image: "registry.test/pilotlight:1",
    machines: [
      { gpu: "NVIDIA-L40S", gpus: 1, vramGb: 48, usdPerHour: 1.51, spot: false },
      { gpu: "NVIDIA-L40S", gpus: 1, vramGb: 48, usdPerHour: null, spot: true },
      { gpu: null, gpus: 0, vramGb: null, usdPerHour: 0, spot: false },
    ],
    callMs: 1_000,
    clock: systemClock,
    log: createLog({ name: "test", level: "silent" }),
    ...rest,
  });
}

export async function openKubernetes(runner?: Runner): Promise<KubernetesHarness> {
  const stub = await new KubernetesStub(runner).start();
  return {
    stub,
    provider: providerOf(stub),
    // A Pod that was deleted vanishes with its container, before anybody can ask how it ended.
    tells: "absence",
    spec(pool, replica) {
      const name = replicaName(installation, pool, replica);
      const secrets = { PILOTLIGHT_REGISTRATION_TOKEN: "a secret" };
      return { name, installation, pool, replica, env: { PLAIN: "$(HOME)" }, secrets, machine };
    },
    up: (name) => stub.up(name),
    crash: (name) => stub.node.end(name, 3, "last words"),
    changes: () => stub.changes(),
    changedSince: (changes) => stub.changedSince(changes),
    disturb: (seed) => stub.disturb(seed),
    calm: () => stub.calm(),
    close: () => stub.stop(),
  };
}
