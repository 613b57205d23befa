import { type ChangedSettings, withChanged } from "../core/autoscaler/changed-settings.ts";
import type { PolicyBase } from "../core/autoscaler/policies/base.ts";
import { policyNamed } from "../core/autoscaler/policies/registry.ts";
import {
  addPolicyVersion,
  findPolicyVersion,
  listPolicyVersions,
  type NewVersion,
  readPolicyProposal,
  readPolicyVersion,
} from "../db/policy-versions.ts";
import {
  readArrivals,
  readSlideTimes,
  readStartTimes,
  readTaskTimes,
} from "../db/tuning-history.ts";
import { AppError } from "../errors/app-error.ts";
import { learn } from "../sim/tune/learn.ts";
import type { Objectives, TuneInput } from "../sim/tune/propose.ts";
import { announce, type ServiceContext } from "./context.ts";
import { proposalView, type StoredPrediction, versionView } from "./tuner-views.ts";

export interface TunerFacts {
  /** What every policy of this installation is made from, as configured. */
  readonly base: PolicyBase;
  /** The policy the configuration names. */
  readonly configured: string;
  /** Providers whose machines somebody else starts: their starts teach nothing. */
  readonly fixedProviders: readonly string[];
}

/** The request's: 95 % within 15 minutes, and text ready for 90 % of those for which it can be. */
const objectives: Objectives = { p95Ms: 900_000, onTime: 0.9 };
const arrivalsMax = 20_000;
const rowsMax = 50_000;

export interface RecordedInput {
  readonly input: TuneInput;
  readonly sinceMs: number | null;
  readonly assumed: readonly string[];
  /** The version that counts; null: the configuration does. */
  readonly version: number | null;
}

/** What the last so many days say, ready to be replayed. */
export async function readTuneInput(
  { sql }: Pick<ServiceContext, "sql">,
  facts: TunerFacts,
  days: number,
): Promise<RecordedInput> {
  const now = await readPolicyVersion(sql);
  const arrivals = await readArrivals(sql, { days, limit: arrivalsMax });
  const from = arrivals[0]?.pipelineId ?? Number.MAX_SAFE_INTEGER;
  const [slides, tasks, starts] = await Promise.all([
    readSlideTimes(sql, from),
    readTaskTimes(sql, from, rowsMax),
    readStartTimes(sql, { days, limit: rowsMax, except: facts.fixedProviders }),
  ]);
  const { service, coldStarts, assumed } = learn({ arrivals, slides, tasks, starts });
  const sinceMs = arrivals[0]?.atMs ?? null;
  const current = {
    policy: now?.policy ?? facts.configured,
    settings: now?.settings ?? {},
  };
  const arrivalsMs = arrivals.map(({ atMs }) => Math.round(atMs - (sinceMs ?? 0)));
  const input = { arrivalsMs, service, coldStarts, objectives, base: facts.base, current };
  return { input, sinceMs, assumed, version: now?.version ?? null };
}

export interface PolicyGiven {
  readonly policy: string;
  readonly settings: ChangedSettings;
  readonly predicted: StoredPrediction | null;
  readonly seen: number | null;
  readonly by: string;
}

export type Tuner = ReturnType<typeof createTuner>;

/** Versions of the scaling policy, and what a proposal for another one is made from. */
export function createTuner(context: ServiceContext, facts: TunerFacts) {
  const add = async (given: NewVersion) => {
    const added = await addPolicyVersion(context.sql, given);
    if (added === undefined) throw new AppError("POLICY_CHANGED");
    announce(context);
    return versionView(added);
  };
  return {
    async history(days: number) {
      const { input, sinceMs, assumed, version } = await readTuneInput(context, facts, days);
      const { current, service, coldStarts, base, objectives: goals } = input;
      return {
        documents: input.arrivalsMs.length,
        since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
        ...{ assumed: [...assumed], version, current },
        input: {
          arrivalsMs: [...input.arrivalsMs],
          service: { ...service },
          coldStarts: { ...coldStarts },
          base: { ...base },
          objectives: { ...goals },
        },
      };
    },
    async versions(limit: number) {
      const [versions, proposal] = await Promise.all([
        listPolicyVersions(context.sql, limit),
        readPolicyProposal(context.sql),
      ]);
      return {
        configured: facts.configured,
        versions: versions.map(versionView),
        proposal: proposal === undefined ? null : proposalView(proposal),
      };
    },
    /** Throws POLICY_INVALID, PROPOSAL_BREAKS_OBJECTIVE, and POLICY_CHANGED where another one was let in. */
    async apply({ settings, ...given }: PolicyGiven) {
      const { base } = facts;
      const scaling = withChanged(base.scaling, settings);
      const named = policyNamed(given.policy, { ...base, scaling });
      if ("problem" in named) {
        throw new AppError("POLICY_INVALID", `${named.problem} ${named.next}`);
      }
      refuseBroken(given.predicted);
      return add({ ...given, settings, reverts: null });
    },
    /** Brings an older version back as a new one; 0 is the configuration. Throws POLICY_VERSION_NOT_FOUND and POLICY_CHANGED. */
    async revert({ to, seen, by }: { to: number; seen: number | null; by: string }) {
      if (to === 0) {
        return add({ policy: null, settings: {}, predicted: null, reverts: null, seen, by });
      }
      const old = await findPolicyVersion(context.sql, to);
      if (old === undefined) throw new AppError("POLICY_VERSION_NOT_FOUND", `version ${to}`);
      const { policy, settings, predicted } = old;
      return add({ policy, settings, predicted, reverts: to, seen, by });
    },
  };
}

function refuseBroken(predicted: StoredPrediction | null): void {
  if (predicted === null) return;
  const { p95Seconds, onTime } = predicted;
  if (p95Seconds.after * 1000 > objectives.p95Ms) {
    const minutes = (p95Seconds.after / 60).toFixed(1);
    throw new AppError("PROPOSAL_BREAKS_OBJECTIVE", `95 % would end within ${minutes} min.`);
  }
  if (onTime.after < objectives.onTime) {
    const share = (onTime.after * 100).toFixed(1);
    throw new AppError("PROPOSAL_BREAKS_OBJECTIVE", `Text would be ready for ${share} %.`);
  }
}
