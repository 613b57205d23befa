import type { Sql } from "../../src/db/connect.ts";

export interface Replacement {
  /** The function's name; it has one form only. */
  readonly in: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Makes a function of a test database anew out of its own text, with one stretch replaced everywhere.
 * Throws when the stretch is not there: the product has changed, and the test has to follow.
 */
export async function replaceInFunction(sql: Sql, replacement: Replacement): Promise<void> {
  const { in: name, from, to } = replacement;
  const [row] = await sql<{ text: string }[]>`select pg_get_functiondef(${name}::regproc) as text`;
  const text = row?.text ?? "";
  if (!text.includes(from)) throw new Error(`${name} has no ${JSON.stringify(from)}`);
  await sql.unsafe(text.replaceAll(from, () => to));
}
