import { connect, type Sql } from "../../../src/db/connect.ts";
import type { BenchServer } from "../server.ts";
import { Load } from "./load.ts";
import { type Window, windowText } from "./recorder.ts";
import type { ScenarioOptions } from "./scenario.ts";
import { queueTables, readTables, type TableSize, tableText } from "./tables.ts";

const minutesDefault = 10;
const everySeconds = 30;

interface Line {
  readonly window: Window;
  readonly tables: readonly TableSize[];
}

/**
 * A forgotten transaction holds a snapshot: nothing that was deleted since can be removed. The peak is
 * measured before, and after so many minutes at half of it, with the snapshot still held.
 */
export function runSnapshot(server: BenchServer, options: ScenarioOptions): Promise<object> {
  const { say, peakSeconds, minutes } = options;
  return server.withDatabase(async ({ url }) => {
    const load = await Load.open(url);
    const before = await load.warmPeak(peakSeconds);
    say(`Peak before: ${windowText(before)}`);
    const rate = Math.round(options.rate ?? before.pipelinesPerSecond / 2);
    const release = await holdSnapshot(url);
    const lines: Line[] = [];
    try {
      await load.steady({
        pipelinesPerSecond: rate,
        seconds: (minutes ?? minutesDefault) * 60,
        everySeconds,
        onWindow: async (window) => {
          const tables = await readTables(load.sql, queueTables);
          lines.push({ window, tables });
          say(`${lines.length * everySeconds} s at ${rate}/s: ${windowText(window)}`);
          const dead = tables.filter(({ deadRows }) => deadRows > 0);
          say(`  ${dead.map(tableText).join("; ")}`);
        },
      });
      const after = await load.peak(peakSeconds);
      const ratio = before.pipelinesPerSecond / after.pipelinesPerSecond;
      say(`Peak with the snapshot held: ${windowText(after)}`);
      say(`Ratio: ${ratio.toFixed(2)}; goal 1.7`);
      await load.close();
      return { rate, before, after, ratio, lines };
    } finally {
      await release();
    }
  });
}

/** Another session of the database, in a transaction that has read and does nothing more. */
async function holdSnapshot(url: string): Promise<() => Promise<void>> {
  const sql: Sql = connect(url, { max: 1, name: "bench-snapshot" });
  await sql`set idle_in_transaction_session_timeout = 0`;
  const session = await sql.reserve();
  await session`begin isolation level repeatable read`;
  await session`select count(*) from pipelines where id = 0`;
  return async () => {
    await session`rollback`;
    session.release();
    await sql.end();
  };
}
