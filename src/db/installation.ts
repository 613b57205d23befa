import type { Db } from "./connect.ts";

export interface Installation {
  readonly installation: string;
  /** What a container proves itself with. Every control plane of this database knows it. */
  readonly registrationToken: string;
}

/** The installation; `proposed` is stored as its id when there is none yet. */
export async function ensureInstallation(db: Db, proposed: string): Promise<Installation> {
  await db`insert into installation (id) values (${proposed}) on conflict do nothing`;
  const [row] = await db<Installation[]>`
    select id as installation, registration_token as "registrationToken" from installation`;
  if (!row) throw new Error("the installation row is missing");
  return row;
}

/**
 * Draws the lease epoch of this start: above every earlier one, and never below the clock in
 * milliseconds, so that a restored backup cannot hand out a pair (epoch, id) twice. It is good for this
 * life of the server only: `take_turn` refuses it after a restart, which may have been a restore.
 */
export async function raiseEpoch(db: Db, nowMs: number): Promise<number> {
  const [row] = await db<{ epoch: number }[]>`
    with raised as (update installation set epoch = greatest(epoch + 1, ${nowMs}::bigint) returning epoch)
    insert into epochs (epoch) select epoch from raised returning epoch`;
  if (!row) throw new Error("the installation row is missing");
  return row.epoch;
}

/** One cheap round trip: whether the database answers. */
export async function ping(db: Db): Promise<void> {
  await db`select 1`;
}
