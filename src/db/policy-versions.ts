import type { ChangedSettings } from "../core/autoscaler/changed-settings.ts";
import type { Db, Sql } from "./connect.ts";

/** What a policy is made from, and what was foretold of it. */
export interface PolicyChoice {
  /** As `policyNamed` takes it; null: what the configuration says. */
  readonly policy: string | null;
  readonly settings: ChangedSettings;
  /** Plain data; null: nothing was foretold. */
  readonly predicted: unknown;
}

export interface PolicyVersion extends PolicyChoice {
  readonly version: number;
  readonly at: Date;
  readonly by: string;
  /** The version it took the place of; null: the configuration. */
  readonly previous: number | null;
  readonly reverts: number | null;
}

export interface PolicyProposal extends PolicyChoice {
  readonly id: number;
  readonly at: Date;
  readonly sentence: string;
}

const columns = (db: Db) =>
  db`select version, at, by, policy, settings, predicted, previous, reverts from policy_versions`;

/** The version that counts; undefined: none was ever let in, so the configuration does. */
export async function readPolicyVersion(db: Db): Promise<PolicyVersion | undefined> {
  const [row] = await db<PolicyVersion[]>`${columns(db)} order by version desc limit 1`;
  return row;
}

export async function findPolicyVersion(
  db: Db,
  version: number,
): Promise<PolicyVersion | undefined> {
  const [row] = await db<PolicyVersion[]>`${columns(db)} where version = ${version}`;
  return row;
}

/** Newest first. */
export async function listPolicyVersions(db: Db, limit: number): Promise<PolicyVersion[]> {
  return db<PolicyVersion[]>`${columns(db)} order by version desc limit ${limit}`;
}

export interface NewVersion extends PolicyChoice {
  readonly by: string;
  readonly reverts: number | null;
  /** The version its maker saw, null for none: another one since then means that he must look again. */
  readonly seen: number | null;
}

/** Lets a policy in, and tells it. Answers undefined when another one was let in meanwhile. */
export async function addPolicyVersion(
  sql: Sql,
  given: NewVersion,
): Promise<PolicyVersion | undefined> {
  const { by, policy, settings, predicted, reverts, seen } = given;
  return sql.begin(async (tx) => {
    // Two at once would both be the next one.
    await tx`lock table policy_versions in share row exclusive mode`;
    const before = await readPolicyVersion(tx);
    if ((before?.version ?? null) !== seen) return undefined;
    const version = (before?.version ?? 0) + 1;
    await tx`
      insert into policy_versions (version, by, policy, settings, predicted, previous, reverts)
      values (${version}, ${by}, ${policy}, ${tx.json(settings as never)}, ${predicted === null ? null : tx.json(predicted as never)}, ${seen}, ${reverts})`;
    const said = { version, policy, by, reverts };
    await tx`select add_event(null, 'policy.applied', null, null, null, ${tx.json(said)})`;
    return findPolicyVersion(tx, version);
  });
}

/** Writes down what a run by the clock found, and tells it; nothing is let in. */
export async function addPolicyProposal(
  sql: Sql,
  { policy, settings, predicted, sentence }: Omit<PolicyProposal, "id" | "at">,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      insert into policy_proposals (policy, settings, predicted, sentence)
      values (${policy}, ${tx.json(settings as never)}, ${predicted === null ? null : tx.json(predicted as never)}, ${sentence})`;
    await tx`select add_event(null, 'policy.proposed', null, null, null, ${tx.json({ policy, sentence })})`;
  });
}

/** The last one; undefined: none was ever made. */
export async function readPolicyProposal(db: Db): Promise<PolicyProposal | undefined> {
  const [row] = await db<PolicyProposal[]>`
    select id, at, policy, settings, predicted, sentence from policy_proposals order by at desc, id desc limit 1`;
  return row;
}
