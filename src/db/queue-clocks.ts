import type { Db } from "./connect.ts";

export interface ClockReading {
  readonly classId: number;
  /** Virtual time handed out last. */
  readonly virtualMs: number;
  /** Nothing waits now. */
  readonly isDrained: boolean;
}

/** How far each class has come, as `admit` reads it. */
export async function writeQueueClocks(db: Db, readings: readonly ClockReading[]): Promise<void> {
  await db`
    insert into queue_clocks as c (class_id, virtual_ms, is_empty, drained_at)
    select r."classId", r."virtualMs", r."isDrained", case when r."isDrained" then pl_now() else '-infinity' end
    from jsonb_to_recordset(${db.json(readings as never)}) as r("classId" int, "virtualMs" bigint, "isDrained" boolean)
    on conflict (class_id) do update set virtual_ms = excluded.virtual_ms, is_empty = excluded.is_empty, drained_at = greatest(c.drained_at, excluded.drained_at)`;
}
