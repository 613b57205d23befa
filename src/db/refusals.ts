import type { Db } from "./connect.ts";

/** A machine that was not to be had, or was taken back, and when. */
export interface RefusalRow {
  readonly provider: string;
  readonly gpu: string | null;
  readonly gpus: number;
  readonly region: string | null;
  readonly spot: boolean;
  readonly code: string;
  readonly at: Date;
}

export async function noteRefusal(db: Db, refusal: Omit<RefusalRow, "at">): Promise<void> {
  const { provider, gpu, gpus, region, spot, code } = refusal;
  await db`
    insert into refusals (provider, gpu, gpus, region, spot, code) values (${provider}, ${gpu ?? ""}, ${gpus}, ${region ?? ""}, ${spot}, ${code})
    on conflict (provider, gpu, gpus, region, spot) do update set code = excluded.code, at = pl_now()`;
}

/** Those of the last hour. */
export async function readRefusals(db: Db): Promise<RefusalRow[]> {
  return db<RefusalRow[]>`
    select provider, nullif(gpu, '') as gpu, gpus, nullif(region, '') as region, spot, code, at from refusals
    where at > pl_now() - interval '1 hour'`;
}
