import type { Rental } from "../../../core/cost/spending.ts";
import type { Needs } from "../../../core/fleet/needs.ts";
import { place } from "../../../core/fleet/placement.ts";
import { AppError } from "../../../errors/app-error.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { Machine, Price } from "../../provider.ts";
import type { VerdaProvider } from "../verda.ts";

export interface Rented {
  readonly machine: Machine & { readonly gpu: string };
  readonly rental: Rental;
}

const nothingLearned = { coldStartMs: () => null, throughput: () => null };

/** The machine to check with: the one the fleet would choose. Throws PROVIDER_NO_CAPACITY. */
export function chooseMachine(
  provider: VerdaProvider,
  prices: readonly Price[],
  needs: Needs,
  clock: Clock,
): Rented {
  const quantumMs = provider.billingQuantumMs;
  const candidates = prices.map((price) => ({ ...price, provider: provider.name, quantumMs }));
  const { chosen, sentence } = place({ ...needs, allowUnpriced: false }, candidates, {
    ...{ replica: "the check", nowMs: clock.nowMs(), refusals: [], learned: nothingLearned },
    ...{ expectedWorkMs: 0, microUsdLeft: null, microUsdPerHourLeft: null },
  });
  const { gpu, gpus, region, spot, microUsdPerHour } = chosen ?? {};
  if (gpu == null || typeof microUsdPerHour !== "number") {
    throw new AppError("PROVIDER_NO_CAPACITY", sentence);
  }
  const machine = { gpu, gpus: gpus ?? 1, region: region ?? null, spot: spot ?? false };
  return { machine, rental: { microUsdPerHour, quantumMs } };
}
