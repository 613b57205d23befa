import { randomBytes } from "node:crypto";
import { connect } from "../../src/db/connect.ts";
import { migrate } from "../../src/db/migrate.ts";
import { startTemporaryPostgres } from "../support/temporary-postgres.ts";
import type { Database } from "./stage.ts";

/** A server for a tool that runs without the test runner: migrated databases, until it is stopped. */
export async function startOwnPostgres() {
  const server = await startTemporaryPostgres();
  return {
    stop: () => server.stop(),
    async makeDatabase(): Promise<Database> {
      const url = new URL(server.url);
      const name = `page_${randomBytes(4).toString("hex")}`;
      await once(server.url, async (sql) => void (await sql.unsafe(`create database ${name}`)));
      url.pathname = `/${name}`;
      await once(url.href, async (sql) => void (await migrate(sql)));
      return { url: url.href, drop: async () => undefined };
    },
  };
}

async function once(url: string, work: (sql: ReturnType<typeof connect>) => Promise<void>) {
  const sql = connect(url, { max: 1, name: "pilotlight-page" });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
