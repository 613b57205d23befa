import type { Db, Sql } from "../../src/db/connect.ts";
import { session } from "../support/queue.ts";
import { type Replacement, replaceInFunction } from "../support/sql-functions.ts";

/** One of two people at once: has a connection of its own, and stops at every point he names. */
export interface Player {
  readonly sql: Sql;
  /** The same, with a stop before every statement; for code that builds none out of parts. */
  readonly paced: Sql;
  /** Waits until it is his turn to go on. */
  pause(db: Db, point: string): Promise<void>;
}

export type Script = (player: Player) => Promise<unknown>;

export interface Played {
  /** The order of the points, such as "1 start, 2 start, 1 commit". */
  readonly order: string;
  /** What each script answered, or how it failed. */
  readonly answers: readonly [unknown, unknown];
}

interface Running {
  readonly script: number;
  readonly pid: number;
  /** How many points it has reached. */
  point: number;
  end: Promise<unknown>;
  hasEnded: boolean;
}

const pointsMax = 30;
const ordersMax = 500;

/** Says where it is, and waits until the director lets go. Nothing for whoever is no player. */
const pausePoint = `create or replace function pause_point(p_name text) returns void language plpgsql as $$
  declare
    script int := nullif(current_setting('test.script', true), '')::int;
    point int;
  begin
    if script is null then return; end if;
    point := current_setting('test.point')::int + 1;
    perform set_config('test.point', point::text, false), set_config('application_name', p_name, false);
    perform pg_advisory_lock(script, point);
    perform pg_advisory_unlock(script, point);
  end $$`;

/** Stops of the SQL itself: between two statements of these functions. */
const stops: readonly Replacement[] = [
  ["take_turn", "settled := settle_done(", "locked"],
  ["take_turn", "if accepted is not null then", "settled"],
  ["take_turn", "if served is not null then", "freed"],
  ["apply_moves", "perform 1 from unnest(touched)", "found"],
  ["apply_moves", "perform advance_pipelines(touched,", "moved"],
  ["add_pipelines", "first_rank := admit(", "checked"],
  ["add_pipelines", "select i.key into conflict", "made"],
  ["take_out", "delete from ready", "undelayed"],
  ["take_out", "with gone as (delete from leases", "unready"],
].map(([name = "", from = "", point]) => ({
  in: name,
  from,
  to: `perform pause_point('${point}'); ${from}`,
}));

const pacedOf = (sql: Sql, pause: Player["pause"]): Sql =>
  new Proxy(sql, {
    async apply(target, self, statement) {
      await pause(sql, "statement");
      return Reflect.apply(target, self, statement);
    },
  });

/** A whole script in one transaction, with a stop before its commit. */
export const inTransaction =
  (body: (tx: Db) => Promise<unknown>): Script =>
  ({ sql, pause }) =>
    sql.begin(async (tx) => {
      const answer = await body(tx);
      await pause(tx, "commit");
      return answer;
    });

/**
 * Runs two scripts in every order of their points. A point is an advisory lock that the stage holds and
 * lets go when it is the script's turn; one that waits for a lock of the other is passed over until it is
 * free. `sql` is the test's; the stage has three connections of its own.
 */
export class Stage {
  readonly #director: Sql;
  readonly #players: readonly [Sql, Sql];

  private constructor(url: string) {
    this.#director = session(url);
    this.#players = [session(url), session(url)];
  }

  static async open(sql: Sql, url: string): Promise<Stage> {
    await sql.unsafe(pausePoint);
    for (const stop of stops) await replaceInFunction(sql, stop);
    return new Stage(url);
  }

  async close(): Promise<void> {
    const all = [this.#director, ...this.#players];
    await Promise.all(all.map((sql) => sql.end({ timeout: 1 })));
  }

  /**
   * `prepare` sets the scene anew for each order; `judge` throws when the end is not right. Answers the
   * orders there were.
   */
  async everyOrder<Scene>(
    prepare: () => Promise<Scene>,
    scripts: (scene: Scene) => readonly [Script, Script],
    judge: (played: Played, scene: Scene) => Promise<void>,
  ): Promise<string[]> {
    const orders: string[] = [];
    const open: number[][] = [[]];
    for (let prefix = open.pop(); prefix; prefix = open.pop()) {
      if (orders.length === ordersMax) throw new Error(`there are more than ${ordersMax} orders`);
      const scene = await prepare();
      const { played, others } = await this.#play(scripts(scene), prefix);
      open.push(...others);
      orders.push(played.order);
      try {
        await judge(played, scene);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`in the order ${played.order}: ${why}`, { cause: error });
      }
    }
    return orders;
  }

  /** One order: the given choices first, then always the first that can go on. `others`: what else could be chosen. */
  async #play(scripts: readonly [Script, Script], prefix: readonly number[]) {
    const director = this.#director;
    const [own] = await director<
      { pid: number }[]
    >`select pg_backend_pid() as pid, count(pg_advisory_lock(s, n))
      from generate_series(0, 1) s, generate_series(1, ${pointsMax}::int) n`;
    const running = await Promise.all(scripts.map((script, n) => this.#begin(script, n)));
    const [chosen, names, others]: [number[], string[], number[][]] = [[], [], []];
    for (;;) {
      const able = await this.#able(running, own?.pid ?? 0);
      if (able.length === 0) break;
      const next = able.find(({ script }) => script === prefix[chosen.length]) ?? able[0];
      if (next === undefined) break;
      if (chosen.length >= prefix.length) {
        for (const { script } of able.slice(1)) others.push([...chosen, script]);
      }
      chosen.push(next.script);
      next.entry.point += 1;
      const [row] = await director<{ name: string }[]>`
        select application_name as name, pg_advisory_unlock(${next.script}, ${next.entry.point}) from pg_stat_activity where pid = ${next.entry.pid}`;
      names.push(`${next.script + 1} ${row?.name}`);
    }
    await director`select pg_advisory_unlock_all()`;
    const [one, two] = await Promise.all(running.map(({ end }) => end));
    const played: Played = { order: names.join(", "), answers: [one, two] };
    return { played, others };
  }

  async #begin(script: Script, n: number): Promise<Running> {
    const sql = this.#players[n] as Sql;
    const pause = async (db: Db, point: string) => {
      await db`select pause_point(${point})`;
    };
    const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid,
      set_config('test.script', ${String(n)}, false), set_config('test.point', '0', false)`;
    const running: Running = {
      script: n,
      pid: row?.pid ?? 0,
      point: 0,
      end: Promise.resolve(),
      hasEnded: false,
    };
    running.end = pause(sql, "start")
      .then(() => script({ sql, pause, paced: pacedOf(sql, pause) }))
      .catch((error: unknown) => error)
      .finally(() => {
        running.hasEnded = true;
      });
    return running;
  }

  /** Waits until nobody moves; answers who stands at a point, in order. None: both have ended. */
  async #able(running: readonly Running[], director: number) {
    for (;;) {
      const rows = await this.#director<{ pid: number; blockers: number[] }[]>`
        select pid, pg_blocking_pids(pid) as blockers from unnest(${running.map(({ pid }) => pid)}::int[]) as pid`;
      const alive = running.flatMap((entry) => {
        const row = rows.find(({ pid }) => pid === entry.pid);
        return entry.hasEnded || !row ? [] : [{ ...row, entry, script: entry.script }];
      });
      if (alive.length === 0) return [];
      const able = alive.filter(({ blockers }) => blockers.includes(director));
      const moves = alive.some(({ blockers }) => blockers.length === 0);
      if (!moves && able.length > 0) return able;
    }
  }
}
