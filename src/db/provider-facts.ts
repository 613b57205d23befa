import type { Db } from "./connect.ts";
import { storable } from "./storable.ts";

/** One thing that was measured at a provider. */
export interface ProviderFact {
  readonly provider: string;
  /** `max_zero`; with a kind of machine behind a slash: `cold_start_ms/L40S`. */
  readonly fact: string;
  readonly value: unknown;
  readonly measuredAt: Date;
}

/** Writes it down in the place of what was measured before. */
export async function saveFact(
  db: Db,
  { provider, fact, value }: Omit<ProviderFact, "measuredAt">,
): Promise<void> {
  await db`
    insert into provider_facts (provider, fact, value) values (${provider}, ${fact}, ${db.json(storable(value) as never)})
    on conflict (provider, fact) do update set value = excluded.value, measured_at = pl_now()`;
}

/** All that was measured at one provider, by name. */
export async function readFacts(db: Db, provider: string): Promise<ProviderFact[]> {
  return db<ProviderFact[]>`
    select provider, fact, value, measured_at as "measuredAt" from provider_facts where provider = ${provider} order by fact`;
}
