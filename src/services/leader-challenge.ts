import type { Sql } from "../db/connect.ts";
import { claimLeadership, endLeader, readLeader, watchClient } from "../db/leader.ts";
import { close, holdTerm, type Term } from "./leader-term.ts";

/**
 * A leader is valid for two seconds from a renewal. So a free lock is taken only half a second later, and
 * one that is held is taken away another half a second later, from a session that hangs.
 */
const quietMs = 2_500;
export const takeOverMs = 3_000;
/** A database whose clock was put forward makes every row look old, but not one that moves. */
const unmovedMs = 1_000;
const lookMs = 500;
/** A statement that is not answered in this time never will be. */
const answerMs = 2_000;

export interface Challenger {
  /** One look: a term, or how long to wait before the next one. A failure costs the connection and is thrown. */
  look(): Promise<Term | number>;
  close(): Promise<void>;
}

export function createChallenger(connectDirect: () => Sql, holder: string): Challenger {
  let sql: Sql | undefined;
  /** The row as it stands, and since when it has stood so by our own clock. */
  let seen = { mark: "", sinceMs: 0 };

  const watch = (mark: string): number => {
    const nowMs = performance.now();
    if (mark !== seen.mark) seen = { mark, sinceMs: nowMs };
    return nowMs - seen.sinceMs;
  };
  const open = async (): Promise<Sql> => {
    if (sql) return sql;
    sql = connectDirect();
    await watchClient(sql);
    return sql;
  };
  const claim = async (on: Sql, unmoved: string | null): Promise<Term | undefined> => {
    const askedMs = performance.now();
    const number = await claimLeadership(on, { holder, quietMs, unmoved });
    if (number === null) return undefined;
    sql = undefined;
    return holdTerm(on, number, askedMs);
  };
  const look = async (): Promise<Term | number> => {
    const on = await open();
    const row = await readLeader(on);
    const stillMs = row ? watch(row.mark) : 0;
    const freeMs = row && row.holder !== holder ? quietMs - Math.max(row.ageMs, stillMs) : 0;
    if (freeMs > 0) return Math.min(lookMs, freeMs);
    const unmoved = row && stillMs >= quietMs ? row.mark : null;
    const term = await claim(on, unmoved);
    if (term || !row) return term ?? lookMs;
    const hangs = Math.max(row.ageMs, stillMs) >= takeOverMs && stillMs >= unmovedMs;
    if (!hangs || !(await endLeader(on, row.mark))) return lookMs;
    return (await claim(on, unmoved)) ?? lookMs;
  };
  const drop = async (): Promise<void> => {
    const old = sql;
    sql = undefined;
    if (old) await close(old);
  };
  return {
    async look() {
      // Closing it fails whatever it is at.
      const deadline = setTimeout(() => void drop(), answerMs);
      try {
        return await look();
      } catch (error) {
        await drop();
        throw error;
      } finally {
        clearTimeout(deadline);
      }
    },
    close: drop,
  };
}
