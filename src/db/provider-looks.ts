import type { Db } from "./connect.ts";

/** How the last look at a provider went. */
export interface ProviderLook {
  readonly provider: string;
  readonly kind: string;
  readonly ok: boolean;
  readonly detail: string | null;
  /** Replicas of other installations there, by name. */
  readonly others: readonly string[];
  /** When it last answered. */
  readonly seenAt: Date | null;
}

export async function saveLook(db: Db, look: Omit<ProviderLook, "seenAt">): Promise<void> {
  const { provider, kind, ok, detail, others } = look;
  await db`
    insert into provider_looks (provider, kind, ok, detail, others, seen_at)
    values (${provider}, ${kind}, ${ok}, ${detail}, ${[...others]}, case when ${ok} then pl_now() end)
    on conflict (provider) do update set kind = excluded.kind, ok = excluded.ok, detail = excluded.detail, looked_at = pl_now(),
      others = case when excluded.ok then excluded.others else provider_looks.others end, seen_at = coalesce(excluded.seen_at, provider_looks.seen_at)`;
}

/** Those of the given providers that were looked at. */
export async function readLooks(db: Db, providers: readonly string[]): Promise<ProviderLook[]> {
  return db<ProviderLook[]>`
    select provider, kind, ok, detail, others, seen_at as "seenAt" from provider_looks
    where provider = any (${[...providers]}) order by provider`;
}
