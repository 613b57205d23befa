import type { PolicyProposal, PolicyVersion } from "../db/policy-versions.ts";
import type { Change, Predicted } from "../sim/tune/propose.ts";

/** A prediction as it is stored and shown: in seconds. */
export interface StoredPrediction extends Omit<Predicted, "p95Ms"> {
  readonly p95Seconds: Change;
}

export function storedOf({ p95Ms, ...others }: Predicted): StoredPrediction {
  const { before, after, low, high } = p95Ms;
  const p95Seconds = {
    before: before / 1000,
    after: after / 1000,
    low: low / 1000,
    high: high / 1000,
  };
  return { ...others, p95Seconds };
}

export const versionView = (row: PolicyVersion) => ({
  ...{ version: row.version, at: row.at.toISOString(), by: row.by, policy: row.policy },
  settings: row.settings,
  predicted: row.predicted as StoredPrediction | null,
  ...{ previous: row.previous, reverts: row.reverts },
});

export const proposalView = (row: PolicyProposal) => ({
  ...{ at: row.at.toISOString(), policy: row.policy, sentence: row.sentence },
  settings: row.settings,
  predicted: row.predicted as StoredPrediction | null,
});
