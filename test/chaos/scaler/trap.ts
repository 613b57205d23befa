import { setTimeout as pause } from "node:timers/promises";
import { connect, type Sql } from "../../../src/db/connect.ts";

/**
 * Where a control plane stands when it is killed: it has decided to start a replica, and
 * - `decided`: nothing of that is written yet;
 * - `half written`: the decision is written, its run is not;
 * - `committing`: all is written, and the database was told to keep it;
 * - `committed`: all is kept, and nobody was told to start anything.
 */
export const places = ["decided", "half written", "committing", "committed"] as const;
export type Place = (typeof places)[number];

/** Stops a control plane in a place, seen from its database. */
export interface Trap {
  set(place: Place, pool: string): Promise<void>;
  /** Resolves when a start of that pool stands there; `committed`: has just passed. */
  caught(): Promise<void>;
  /** Lets go what stands there. Resolves when no control plane is connected any more. */
  release(): Promise<void>;
  close(): Promise<void>;
}

const lock = 471_147;
const channel = "trap";

/** Triggers of the test's own, on a database it may spoil. */
const triggers = `
  create table trap (place text, pool text);
  create function trap_stand() returns trigger language plpgsql as $$
  begin
    if exists (select 1 from trap t where t.place = tg_argv[0] and t.pool = new.pool) then
      if tg_argv[0] = 'committed' then perform pg_notify('${channel}', ''); else perform pg_advisory_xact_lock(${lock}); end if;
    end if;
    return new;
  end $$;
  create trigger trap_decided before insert on decisions for each row when (new.action = 'start') execute function trap_stand('decided');
  create trigger trap_half before insert on replicas for each row execute function trap_stand('half written');
  create constraint trigger trap_committing after insert on replicas deferrable initially deferred for each row execute function trap_stand('committing');
  create trigger trap_committed after insert on replicas for each row execute function trap_stand('committed');`;

export async function createTrap(url: string): Promise<Trap> {
  const sql = connect(url, { max: 3, name: "trap" });
  await sql.unsafe(triggers);
  let passed = (): void => {};
  let wait = (): Promise<void> => Promise.resolve();
  const listening = await sql.listen(channel, () => passed());
  // The lock is held by one session, for as long as that is kept.
  const holder = connect(url, { max: 1, name: "trap" });
  return {
    async set(place, pool) {
      const hasPassed = new Promise<void>((resolve) => {
        passed = resolve;
      });
      wait = () => (place === "committed" ? hasPassed : until(() => isCaught(sql)));
      await holder`select pg_advisory_lock(${lock})`;
      await sql`delete from trap`;
      await sql`insert into trap (place, pool) values (${place}, ${pool})`;
    },
    caught: () => wait(),
    async release() {
      await sql`delete from trap`;
      await holder`select pg_advisory_unlock(${lock})`;
      await until(async () => {
        const rows = await sql`
          select 1 from pg_stat_activity where datname = current_database() and application_name like 'pilotlight%'`;
        return rows.length === 0;
      });
    },
    async close() {
      await listening.unlisten();
      await Promise.all([sql.end({ timeout: 1 }), holder.end({ timeout: 1 })]);
    },
  };
}

async function isCaught(sql: Sql): Promise<boolean> {
  const rows = await sql`
    select 1 from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted`;
  return rows.length > 0;
}

const lookMs = 5;
const limitMs = 60_000;

/** The database tells nobody that a session waits: it is asked until it does. */
async function until(look: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await look())) {
    if (performance.now() > endMs) throw new Error("Never seen by the database.");
    await pause(lookMs);
  }
}
