import type { Db } from "./connect.ts";

/** An expression of SQL that is an instant, as milliseconds since 1970; only words of our own go in. */
export const millis = (db: Db, expression: string) =>
  db`extract(epoch from ${db.unsafe(expression)})::float8 * 1000`;
