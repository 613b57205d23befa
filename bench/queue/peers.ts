import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { Contestant } from "./contestant.ts";
import { peersDir, runPeer } from "./peer-process.ts";

const script = (name: string): string => `${name}.mjs`;

function peer(
  name: string,
  config: string,
  batches: readonly number[],
  note: string,
  pipelinesMin?: number,
): Contestant[] {
  return batches.map((batch) => ({
    ...{ name, config, batch, note },
    ...(pipelinesMin === undefined ? {} : { pipelinesMin }),
    run: (run) => runPeer(script(name), { config, batch }, run),
  }));
}

export const peers: readonly Contestant[] = [
  ...peer("graphile", "default", [1], "its defaults, 32 jobs at once"),
  ...peer("graphile", "best", [1, 20, 500], "localQueue and jobs completed in groups, from 20 on"),
  ...peer(
    "graphile",
    "grouped",
    [20, 500],
    "the same, and results recorded in groups by code of ours",
  ),
  ...peer(
    "pg-boss",
    "default",
    [1, 20, 500],
    "work() with its defaults: polls every 2 s, frees every 5 s",
  ),
  ...peer("pg-boss", "work", [1, 20, 500], "work() woken by NOTIFY, bursts, frees every second"),
  ...peer("pg-boss", "best", [1, 20, 500], "fetch, complete and resolveFlow in loops"),
  ...peer("dbos", "default", [1], "a workflow of steps on a queue, submitted one by one"),
  ...peer("dbos", "best", [1], "the same with 20 ms polling, submitted 500 at a time"),
  ...peer("bullmq", "default", [1], "flow, then addBulk in a handler; submitted one by one"),
  ...peer("bullmq", "best", [1], "the same, submitted 100 at a time"),
];

/** The peers have a lockfile of their own and are installed only by who measures them. */
export async function installPeers(): Promise<void> {
  if (existsSync(`${peersDir}/node_modules/node/bin/node`)) return;
  console.error("Installing the peers of bench/peers ...");
  await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund"], { cwd: peersDir });
}
