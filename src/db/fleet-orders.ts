import type { Db } from "./connect.ts";

export type OrderKind = "start" | "drain" | "stop" | "pause";

/** What an operator asked for and what is not over yet. */
export interface FleetOrder {
  readonly id: number;
  readonly kind: OrderKind;
  readonly pool: string;
  /** Only with `drain` and `stop`. */
  readonly replica: number | null;
  /** Only with `start`: so many replicas at least. */
  readonly keep: number | null;
  readonly reason: string | null;
  readonly at: Date;
  readonly until: Date | null;
}

/** Open ones; those whose time is over, or whose replica has ended since, are closed first. */
export async function readOrders(db: Db): Promise<FleetOrder[]> {
  await db`
    update fleet_orders o set ended_at = pl_now() where o.ended_at is null and (o.until <= pl_now() or (o.kind in ('drain', 'stop')
      and not exists (select 1 from replicas r where r.pool = o.pool and r.replica = o.replica and r.ended_at is null and r.requested_at <= o.at)))`;
  return db<FleetOrder[]>`
    select id, kind, pool, replica, keep, reason, at, until from fleet_orders where ended_at is null order by id`;
}

export interface NewOrder {
  readonly kind: OrderKind;
  readonly pool: string;
  readonly replica: number | null;
  readonly keep: number | null;
  readonly reason: string | null;
  /** null: until it is taken back. */
  readonly forMs: number | null;
}

/** Answers false when the same order was open already. */
export async function addOrder(db: Db, order: NewOrder): Promise<boolean> {
  const { kind, pool, replica, keep, reason, forMs } = order;
  const rows = await db`
    insert into fleet_orders (kind, pool, replica, keep, reason, until)
    values (${kind}, ${pool}, ${replica}, ${keep}, ${reason}, pl_now() + ${forMs}::float8 * interval '1 millisecond')
    on conflict do nothing returning 1`;
  if (rows.length > 0) await tellOrder(db, order);
  return rows.length > 0;
}

/** Takes back what holds a pool: its pause and its extra replicas. Answers how many orders that were. */
export async function endOrders(db: Db, pool: string, reason: string | null): Promise<number> {
  const rows = await db`
    update fleet_orders set ended_at = pl_now() where pool = ${pool} and kind in ('pause', 'start') and ended_at is null returning 1`;
  if (rows.length > 0) await tellOrder(db, { kind: "resume", pool, replica: null, reason });
  return rows.length;
}

async function tellOrder(
  db: Db,
  order: { kind: string; pool: string; replica: number | null; reason: string | null },
): Promise<void> {
  const { kind, pool, reason } = order;
  const replica = order.replica === null ? null : `${pool}-${order.replica}`;
  await db`select add_event(null, 'fleet.order', null, null, null, ${db.json({ kind, pool, replica, reason })})`;
}
