import type { Policy } from "../../src/core/autoscaler/decision.ts";
import { referencePolicy } from "../../src/core/autoscaler/policies/reference.ts";
import { scalingDefaults, scalingOf } from "../../src/core/autoscaler/settings.ts";
import { poolNeeds } from "../../src/core/fleet/needs.ts";
import { AppError } from "../../src/errors/app-error.ts";
import type { Service } from "../../src/lib/service.ts";
import type { Provider, ReplicaSighting, ReplicaSpec } from "../../src/providers/provider.ts";
import { createPlacer } from "../../src/services/placer.ts";
import { createReconciler } from "../../src/services/reconciler/reconciler.ts";
import { createScaler } from "../../src/services/scaler/scaler.ts";
import type { TestContext } from "./control-plane.ts";

const installation = "inst";
const anywhere = { ...poolNeeds.vision, vramGb: 0, modelVramGb: 0 };

/** The port in memory: replicas are entries of a map, and a test ends them as it likes. */
export class MemoryProvider implements Provider {
  readonly name = "memory";
  readonly billingQuantumMs = 0;
  readonly live = new Map<string, ReplicaSighting>();
  readonly starts: string[] = [];
  readonly stops: string[] = [];
  /** Names that cannot be started. */
  readonly broken = new Set<string>();
  most = 0;
  #exited: ReplicaSighting[] = [];

  async observe(): Promise<ReplicaSighting[]> {
    const exited = this.#exited;
    this.#exited = [];
    return [...this.live.values(), ...exited];
  }

  async apply(spec: ReplicaSpec, want: "running" | "stopped"): Promise<void> {
    if (want === "stopped") {
      if (!this.live.has(spec.name)) return;
      this.stops.push(spec.name);
      this.exit(spec.name, 0);
      return;
    }
    if (this.broken.has(spec.name)) throw new AppError("REPLICA_START_FAILED", "no capacity");
    if (this.live.has(spec.name)) return;
    this.starts.push(spec.name);
    this.show(spec.name, spec.pool, spec.replica);
  }

  async prices() {
    const machine = { gpu: null, gpus: 0, region: null, spot: false };
    return [{ ...machine, vramGb: null, microUsdPerHour: null, isAvailable: true }];
  }

  show(name: string, pool: string, replica: number, owner = installation): void {
    const sighting: ReplicaSighting = {
      name,
      installation: owner,
      pool,
      replica,
      state: "running",
      phase: null,
      trouble: null,
      providerRef: `ref-${this.starts.length}`,
      startedAtMs: 0,
      machine: null,
      exit: null,
    };
    this.live.set(name, sighting);
    this.most = Math.max(this.most, this.live.size);
  }

  exit(name: string, code: number): void {
    const sighting = this.live.get(name);
    this.live.delete(name);
    if (!sighting) return;
    this.#exited.push({ ...sighting, state: "exited", exit: { code, signal: null, logTail: "" } });
  }
}

export interface TestFleet {
  readonly provider: MemoryProvider;
  /** May be changed while it runs. */
  readonly ceiling: { replicasMax: number; microUsdPerHourMax: number };
  /** How often a container was found gone. */
  lost(): number;
  scale(): Promise<void>;
  reconcile(): Promise<void>;
  /** Scale, then make it so; thrice, since a change is seen by the next look only. */
  settleDown(): Promise<void>;
}

/**
 * The real scaler and reconciler over a provider in memory; at most two vision and three text replicas. It
 * leads in the next term, and remembers nothing, unless it goes on from what is stored.
 */
export async function createTestFleet(
  context: TestContext,
  given: { readonly goesOn?: boolean; readonly policy?: Policy } = {},
): Promise<TestFleet> {
  const { sql } = context;
  if (given.goesOn !== true) await sql`delete from scaler_state`;
  const [leader] = await sql<{ term: number }[]>`
    insert into leader as l (holder, pid, term, since, renewed_at) values ('test', 0, 1, now(), now())
    on conflict (only_row) do update set term = l.term + 1 returning term`;
  const term = leader?.term ?? 0;
  const provider = new MemoryProvider();
  const ceiling = { replicasMax: 99, microUsdPerHourMax: 1e9 };
  let lost = 0;
  const settings = scalingOf({
    ...scalingDefaults,
    vision_container_scaling: { ...scalingDefaults.vision_container_scaling, max_replicas: 2 },
  });
  const policy = given.policy ?? referencePolicy(settings);
  const providers = [{ provider, kind: "local" }] as const;
  const needs = { vision: anywhere, text: anywhere };
  const placer = createPlacer(context, {
    ...{ providers, needs, localVramGb: null, expectedWorkMs: 1, microUsdPerHourMax: 1e9 },
  });
  const scaler = createScaler(context, {
    policy,
    policyVersion: "test",
    term,
    placer,
    fixedProviders: [],
    mayAct: () => true,
    everyMs: 3_600_000,
    onWanted: () => {},
  });
  const reconciler = createReconciler(context, {
    installation,
    providers,
    placer,
    mayAct: () => true,
    everyMs: 3_600_000,
    calmMs: 0,
    startFor: ({ pool, replica }) => ({ env: { REPLICA: `${pool}-${replica}` }, secrets: {} }),
    maxReplicas: { vision: 2, text: 3 },
    ceiling,
    silentMsMax: 6_000,
    onLost: () => {
      lost += 1;
    },
  });
  // Starting a loop ticks once; stopping waits for that tick.
  const tickOnce = async (service: Service): Promise<void> => {
    await service.start();
    await service.stop();
  };
  const scale = () => tickOnce(scaler);
  const reconcile = () => tickOnce(reconciler);
  return {
    provider,
    ceiling,
    lost: () => lost,
    scale,
    reconcile,
    async settleDown() {
      for (let n = 0; n < 3; n += 1) {
        await scale();
        await reconcile();
      }
    },
  };
}
