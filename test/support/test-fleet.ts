import { scalingDefaults, scalingOf } from "../../src/core/autoscaler/settings.ts";
import type { ServiceContext } from "../../src/services/context.ts";
import { createFleet } from "../../src/services/fleet.ts";
import { createFleetOrders } from "../../src/services/fleet-orders.ts";
import { createFleetOutlook } from "../../src/services/fleet-outlook.ts";
import { createHealth } from "../../src/services/health.ts";
import type { Stranded } from "../../src/services/stranded.ts";
import { createTuner, type TunerFacts } from "../../src/services/tuner.ts";

/** An installation with the request's own settings and prices. */
export const testTunerFacts: TunerFacts = {
  base: {
    scaling: scalingOf(scalingDefaults),
    topology: "split",
    microUsdPerHour: { vision: 500_000, text: 800_000, shared: 800_000 },
    quantumMs: 0,
  },
  configured: "reference",
  fixedProviders: ["static"],
};

/** Fleet, orders and health of an installation with one local provider. */
export function testFleet(
  context: ServiceContext,
  installation: string,
  pools: Readonly<Record<string, { minReplicas: number; maxReplicas: number }>>,
  stranded: Stranded,
) {
  const providers = [{ name: "local", kind: "local" }];
  const ceiling = { replicasMax: 8, microUsdPerHourMax: 25_000_000 };
  const about = { installation, policy: "reference", topology: "split", providers } as const;
  return {
    fleet: createFleet(context, { ...about, pools, ceiling }),
    fleetOutlook: createFleetOutlook(context, pools),
    fleetOrders: createFleetOrders(context, { pools, fixedProviders: [], joinEnv: () => ({}) }),
    tuner: createTuner(context, testTunerFacts),
    health: createHealth(context, {
      ...{
        installation,
        stranded,
        version: "0.0.0",
        holder: "test",
        heartbeatMs: 2000,
        cache: null,
      },
      providers: ["local"],
    }),
  };
}
