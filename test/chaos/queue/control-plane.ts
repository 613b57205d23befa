/**
 * A control plane of its own process: the product's services, HTTP surface, turnstile, rescuer and feed,
 * without a provider, since its containers live elsewhere and outlive it. Told what to be in one JSON
 * argument; says a JSON line when it listens. Ends with its standard input.
 */
import { checkServer, connect, sessionLimits } from "../../../src/db/connect.ts";
import { listenForWork } from "../../../src/db/events.ts";
import { ensurePartitions } from "../../../src/db/history.ts";
import { migrate } from "../../../src/db/migrate.ts";
import { announce } from "../../../src/services/context.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { createControlPlane } from "../../support/control-plane.ts";
import type { Timings } from "./plan.ts";

export interface ControlStart {
  readonly databaseUrl: string;
  readonly port: number;
  readonly timings: Timings;
}

const { databaseUrl, port, timings } = JSON.parse(process.argv[2] ?? "") as ControlStart;
process.stdin.on("close", () => process.exit(0));
process.stdin.resume();

const limits = { ...sessionLimits, statementMsMax: timings.statementTimeoutMs };
const sql = connect(databaseUrl, { name: "pilotlight control", limits });
await checkServer(sql);
await migrate(sql);
await ensurePartitions(sql);
const log = createLog({ name: "control", level: "warn", destination: 2 });
const plane = await createControlPlane(
  { url: databaseUrl, sql, drop: async () => {} },
  { timings, rescuerMs: timings.rescuerMs, feedMs: 1000, log },
);
await plane.app.listen({ host: "127.0.0.1", port });
await plane.rescuer.start();
await listenForWork(sql, () => announce(plane.context));

let ending = false;
process.on("SIGTERM", async () => {
  if (ending) return;
  ending = true;
  await plane.rescuer.stop();
  await plane.close();
  await sql.end({ timeout: 1 });
  process.exit(0);
});
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
