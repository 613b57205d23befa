import { defaults } from "../../src/config/schema.ts";
import type { ServiceContext } from "../../src/services/context.ts";
import { type CostSettings, createCosts } from "../../src/services/costs/costs.ts";
import { createRollout } from "../../src/services/rollout/rollout.ts";
import { createRunLedger } from "../../src/services/run-ledger.ts";
import { createSlos } from "../../src/services/slos/slos.ts";

/** Costs, objectives and rollout with the settings' defaults, or others for costs. */
export function moneyServices(context: ServiceContext, given: Partial<CostSettings> = {}) {
  const runLedger = createRunLedger(context);
  const slos = createSlos(context, defaults.slos, runLedger);
  const facts = { ...defaults.costs, ...given, providers: ["local"] };
  const costs = createCosts(context, facts, runLedger);
  return { costs, slos, rollout: createRollout(context, facts, slos) };
}
