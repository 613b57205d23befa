import type { Sql } from "../../src/db/connect.ts";
import { createTestDatabase } from "./database.ts";
import { type Home, makeHome } from "./home.ts";
import { type RunningStack, type StackOptions, startStack } from "./product.ts";

/** A stack on a database of its own, which is one of the server that all tests of a run share. */
export interface SharingStack extends RunningStack {
  /** Its database. */
  readonly sql: Sql;
  /** Ends it in order, and drops its database. */
  stop(): Promise<void>;
}

/**
 * Starts the stack on a fresh database of the shared server: for tests of what a stack does, not of where its
 * database is. Making a server takes as long as all else that a stack does at its start.
 */
export async function startOnShared(
  home: Home,
  { overrides = {}, ...options }: StackOptions = {},
): Promise<SharingStack> {
  const database = await createTestDatabase();
  try {
    const stack = await startStack(home, {
      ...options,
      overrides: { databaseUrl: database.url, ...overrides },
    });
    return { ...stack, sql: database.sql, stop: () => stack.stop().finally(() => database.drop()) };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

/** A home with a stack on the shared server, a test on it, and the proof that nothing stays. */
export async function withStack(
  options: StackOptions,
  test: (stack: RunningStack) => Promise<void>,
): Promise<string[]> {
  const home = await makeHome();
  try {
    const stack = await startOnShared(home, options);
    try {
      await test(stack);
    } finally {
      await stack.stop();
    }
    return await home.leftovers();
  } finally {
    await home.remove();
  }
}
