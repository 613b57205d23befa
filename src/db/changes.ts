import type { Db } from "./connect.ts";

/** What somebody changed in the installation, or what is another since then. */
export type ChangeRow = { readonly at: Date; readonly by: string | null } & (
  | { readonly kind: "pack"; readonly name: string; readonly version: number }
  | { readonly kind: "policy"; readonly version: number; readonly policy: string | null }
  | {
      readonly kind: "engine";
      readonly pool: string;
      readonly before: string;
      readonly now: string;
    }
  | { readonly kind: "pause"; readonly pool: string; readonly reason: string | null }
);

/** Newest first. A version of a pack counts by its last activation; an engine when containers of its pool had another before. */
export async function readChanges(
  db: Db,
  { sinceMs, limit }: { readonly sinceMs: number; readonly limit: number },
): Promise<ChangeRow[]> {
  const since = db`to_timestamp(${sinceMs}::float8 / 1000)`;
  return db<ChangeRow[]>`
    with engines as (
      select created_at as at, server_type as pool, engine ->> 'name' || coalesce(' ' || (engine ->> 'model'), '') as now,
        lag(engine ->> 'name' || coalesce(' ' || (engine ->> 'model'), '')) over (partition by server_type order by created_at, id) as before
      from processing_servers where created_at >= ${since}
    )
    select c.* from (
      select 'pack' as kind, activated_at as at, activated_by as by, name, version, null::text as policy, null::text as pool, null::text as before, null::text as now, null::text as reason
      from packs where activated_at >= ${since}
      union all select 'policy', at, by, null, version, policy, null, null, null, null from policy_versions where at >= ${since}
      union all select 'engine', at, null, null, null, null, pool, before, now, null from engines where before <> now
      union all select 'pause', at, null, null, null, null, pool, null, null, reason from fleet_orders where kind = 'pause' and at >= ${since}
    ) c order by c.at desc limit ${limit}`;
}
