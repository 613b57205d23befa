import { readFileSync } from "node:fs";
import { connect, type Sql, sessionLimits } from "../../src/db/connect.ts";
import { cpuSeconds } from "../pdf/cpu-time.ts";
import { startBenchServer } from "../queue/server.ts";
import { makeHome, startStack } from "../replay/stack.ts";
import { createSay, type Say } from "./phases.ts";
import { pausePools } from "./seed.ts";

/** Milliseconds on a processor so far: other work of the machine changes them little. */
export interface CpuMs {
  readonly control: number;
  readonly database: number;
}

export interface SeededStack {
  /** Of the control plane. */
  readonly url: string;
  readonly sql: Sql;
  /** Of the database server. */
  readonly version: string;
  readonly say: Say;
  cpu(): CpuMs;
}

/**
 * The built product on a database of its own, in which `seed` has written, and which is gone afterwards.
 * No container runs. @param dir a folder on a real disk
 */
export async function withSeededStack(
  dir: string,
  seed: (sql: Sql, say: Say) => Promise<void>,
  use: (stack: SeededStack) => Promise<void>,
): Promise<void> {
  const say = createSay();
  say("starting PostgreSQL");
  const server = await startBenchServer(dir);
  try {
    await server.withDatabase(async (database) => {
      const home = await makeHome();
      const limits = { ...sessionLimits, statementMsMax: 600_000, idleInTransactionMsMax: 600_000 };
      const sql = connect(database.url, { max: 1, name: "bench", limits });
      try {
        say("starting the control plane");
        const stack = await startStack(home, { databaseUrl: database.url });
        try {
          await pausePools(sql);
          await seed(sql, say);
          const serverPid = await postmasterPid(sql);
          const cpu = (): CpuMs => ({
            control: 1000 * cpuSeconds(stack.pid),
            database: 1000 * cpuSeconds(serverPid),
          });
          await use({ url: stack.api.url, sql, version: server.version, say, cpu });
        } finally {
          say("stopping the control plane");
          await stack.stop();
        }
      } finally {
        say("removing the database");
        await sql.end();
        await home.remove();
      }
    });
  } finally {
    await server.stop();
    say("over");
  }
}

/** The server is on this machine: the parent of whoever serves us. */
async function postmasterPid(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const stat = readFileSync(`/proc/${row?.pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}
