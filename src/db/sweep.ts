import type { Db } from "./connect.ts";

/** Tables that are walked, in the order in which they are: rows first, since what they say is put right first. */
export const walkedTables = ["leases", "delayed", "ready", "pipelines"] as const;
export type WalkedTable = (typeof walkedTables)[number];

/** A key of the table: where a walk goes on. */
export type Place = readonly number[];

export interface Step {
  readonly seen: number;
  /** The last key seen; null when there was none. */
  readonly last: Place | null;
  /** What looks wrong, as [pipeline], or for `ready` as [class, rank, pipeline, idx]. */
  readonly odd: readonly Place[];
}

/** The next `limit` rows after a place, by the table's key. Nothing is locked or changed. */
export async function walkQueue(
  db: Db,
  table: WalkedTable,
  after: Place | null,
  limit: number,
): Promise<Step> {
  const from = after === null ? null : JSON.stringify(after);
  const [row] = await db<Step[]>`
    select seen, case when seen > 0 then last end as last, odd from walk_queue(${table}, ${from}::text::jsonb, ${limit})`;
  return row ?? { seen: 0, last: null, odd: [] };
}

export const repairKinds = [
  "stuck",
  "unmarked",
  "stray_ready",
  "stray_delayed",
  "stray_lease",
] as const;
export type RepairKind = (typeof repairKinds)[number];

export interface Repair {
  readonly kind: RepairKind;
  /** Its public id; null when the pipeline does not exist. */
  readonly pipeline: string | null;
  readonly rows: number;
}

/** Puts right what is still wrong under the pipelines' locks; answers what was. */
export async function repairQueue(
  db: Db,
  table: WalkedTable,
  odd: readonly Place[],
): Promise<Repair[]> {
  if (odd.length === 0) return [];
  const ids = table === "ready" ? [] : odd.map(([pipeline]) => pipeline ?? 0);
  const ready = table === "ready" ? odd : [];
  return db<Repair[]>`
    select * from repair_pipelines(${ids}::bigint[], ${JSON.stringify(ready)}::text::jsonb)`;
}
