import type { Config } from "./config.ts";
import type { Policy } from "./core/autoscaler/decision.ts";
import { greetContainers } from "./db/containers.ts";
import { addLeaderEvent } from "./db/leader.ts";
import { endReplicasOf } from "./db/replicas.ts";
import { type Service, startAll } from "./lib/service.ts";
import { createMachines, type Machines, needsOf, startFor } from "./machines.ts";
import { announce, type ServiceContext } from "./services/context.ts";
import { type LeaderDuties, leading } from "./services/leader.ts";
import { createPlacer } from "./services/placer.ts";
import { createReconciler } from "./services/reconciler/reconciler.ts";
import { releaseFleet } from "./services/release-fleet.ts";
import { createScaler } from "./services/scaler/scaler.ts";
import type { EngineChoice } from "./worker/engines/detect.ts";

export interface DutyParts {
  readonly context: ServiceContext;
  readonly config: Config;
  /** The one that counts now: asked at the beginning of each term. */
  readonly readPolicy: () => Promise<{ readonly policy: Policy; readonly policyVersion: string }>;
  readonly engine: EngineChoice;
  readonly installation: string;
  readonly holder: string;
  readonly url: string;
  readonly registrationToken: string;
  readonly containerToken: string;
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly containerEnv: Readonly<Record<string, string>>;
  /** What else only the leader runs, in the order of its start. */
  readonly background: readonly Service[];
  /** Ends work that needs no container; answers how many tasks. */
  readonly endKnown: () => Promise<number>;
  readonly onLost: () => void;
  /** Whether this process is about to end, and not only its term. */
  readonly isEnding: () => boolean;
  /** For a person: what could not be stopped. */
  readonly onNotice: (sentence: string) => void;
  /** Whether this control plane leads at this moment. */
  readonly mayAct: () => boolean;
}

/** Work a new replica is taken to find when nothing else is known: about one deck. */
const expectedWorkMs = 120_000;

/** What the leader alone does: it takes leases back, keeps house, decides, starts and stops. */
export function createDuties(parts: DutyParts): LeaderDuties {
  const house = leading(parts.background);
  let up: Up | null = null;
  return {
    async onGained(term) {
      const { context, config } = parts;
      const { sql } = context;
      // Local containers are children of their control plane: those of an earlier one are gone.
      for (const { kind, name } of config.providers) {
        if (kind === "local") await endReplicasOf(sql, name);
      }
      await greetContainers(sql, config.timings.containerTtlMs);
      const machines = await createMachines({ ...parts, onChange: () => up?.reconciler.wake() });
      await machines.local?.sweep();
      const { scaler, reconciler } = fleetOf(parts, machines, {
        ...(await parts.readPolicy()),
        term,
      });
      up = { machines, scaler, reconciler };
      await house.onGained(term);
      await startAll([scaler, reconciler]);
      await addLeaderEvent(sql, parts.holder, term);
      announce(context);
    },
    async onLost() {
      const was = up;
      up = null;
      // Containers first, while the API still hears what they give back; then the loops.
      if (was !== null) {
        await was.scaler.stop();
        if (parts.isEnding()) await releaseRented(parts, was);
        await was.reconciler.stop();
        await was.machines.local?.stopAll();
      }
      await house.onLost();
    },
  };
}

interface Up {
  readonly machines: Machines;
  readonly scaler: Service;
  readonly reconciler: Service & { wake(): void };
}

/** From the order to stop to the end of the last machine. */
const releaseMs = 120_000;

async function releaseRented(parts: DutyParts, { machines, reconciler }: Up): Promise<void> {
  const { context, config } = parts;
  const rented = machines.providers
    .filter(({ kind }) => kind === "verda" || kind === "kubernetes")
    .map(({ provider }) => provider.name);
  if (rented.length === 0 || config.fleet.keepOnExit) return;
  const { drainMs, stopGraceMs } = config.timings;
  const left = await releaseFleet(context, {
    rented,
    drainMs,
    patienceMs: drainMs + stopGraceMs + releaseMs,
    wake: () => reconciler.wake(),
  });
  if (left.length === 0) return;
  parts.onNotice(
    `Still rented, because the provider did not confirm their end: ${left.join(", ")}. Start Pilotlight again, or stop them there.`,
  );
}

interface Term {
  readonly policy: Policy;
  readonly policyVersion: string;
  readonly term: number;
}

function fleetOf(parts: DutyParts, { providers }: Machines, { policy, policyVersion, term }: Term) {
  const { context, config, engine } = parts;
  const { fleet, timings } = config;
  const microUsdPerHourMax = Math.round(fleet.usdPerHourMax * 1e6);
  const placer = createPlacer(context, {
    providers,
    needs: needsOf(config, engine),
    localVramGb: engine.name === "extractive" ? null : fleet.vramGb,
    microUsdPerHourMax,
    expectedWorkMs,
  });
  const kinds = new Map(providers.map(({ kind, provider }) => [provider.name, kind]));
  const reconciler = createReconciler(context, {
    installation: parts.installation,
    providers,
    mayAct: parts.mayAct,
    everyMs: timings.reconcilerMs,
    calmMs: fleet.calmMs,
    placer,
    startFor: startFor({ ...parts, kinds, localEnv: parts.containerEnv }),
    maxReplicas: Object.fromEntries(
      Object.entries(policy.pools).map(([pool, limits]) => [pool, limits.maxReplicas]),
    ),
    ceiling: { replicasMax: fleet.replicasMax, microUsdPerHourMax },
    silentMsMax: timings.containerTtlMs,
    onLost: parts.onLost,
  });
  const scaler = createScaler(context, {
    policy,
    policyVersion,
    term,
    placer,
    fixedProviders: providers
      .filter(({ kind }) => kind === "static")
      .map(({ provider }) => provider.name),
    mayAct: parts.mayAct,
    everyMs: timings.scalerMs,
    onWanted: () => reconciler.wake(),
    endKnown: parts.endKnown,
  });
  return { scaler, reconciler };
}
