import { connect, type Sql, sessionLimits } from "../../src/db/connect.ts";
import { startBenchServer } from "../queue/server.ts";
import { makeHome, startStack } from "../replay/stack.ts";
import { pausePools } from "./seed.ts";

export interface SeededStack {
  /** Of the control plane. */
  readonly url: string;
  readonly sql: Sql;
  /** Of the database server. */
  readonly version: string;
}

/**
 * The built product on a database of its own, in which `seed` has written, and which is gone afterwards.
 * No container runs. @param dir a folder on a real disk
 */
export async function withSeededStack(
  dir: string,
  seed: (sql: Sql) => Promise<void>,
  use: (stack: SeededStack) => Promise<void>,
): Promise<void> {
  const server = await startBenchServer(dir);
  try {
    await server.withDatabase(async (database) => {
      const home = await makeHome();
      const limits = { ...sessionLimits, statementMsMax: 600_000, idleInTransactionMsMax: 600_000 };
      const sql = connect(database.url, { max: 1, name: "bench", limits });
      try {
        const stack = await startStack(home, { databaseUrl: database.url });
        try {
          await pausePools(sql);
          await seed(sql);
          await use({ url: stack.api.url, sql, version: server.version });
        } finally {
          await stack.stop();
        }
      } finally {
        await sql.end();
        await home.remove();
      }
    });
  } finally {
    await server.stop();
  }
}
