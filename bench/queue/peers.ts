import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { Contestant, Run } from "./contestant.ts";
import { peersDir, runPeer } from "./peer-process.ts";

interface Setup {
  readonly config: string;
  readonly batches: readonly number[];
  readonly note: string;
  /** By batch, where a run's size is fixed. */
  readonly pipelines?: Readonly<Record<number, number>>;
  readonly warmUp?: number;
}

const peer = (name: string, setups: readonly Setup[]): Contestant[] =>
  setups.flatMap(({ config, batches, note, pipelines, warmUp = 100 }) =>
    batches.map((batch) => ({
      ...{ name, config, batch, note },
      ...(pipelines?.[batch] === undefined ? {} : { pipelines: pipelines[batch] }),
      run: (run: Run) => runPeer(`${name}.mjs`, { config, batch, warmUp }, run),
    })),
  );

export const peers: readonly Contestant[] = [
  ...peer("graphile", [
    { config: "default", batches: [1], note: "defaults, but 32 jobs at once; submitted singly" },
    {
      config: "best",
      batches: [1, 20, 500],
      note: "addJobs; from 20 on localQueue and completeJobBatchDelay 0; each result is a commit",
    },
    {
      config: "grouped",
      batches: [20, 500],
      note: "the same, but results of jobs that run together share a statement of our own",
    },
  ]),
  ...peer("pg-boss", [
    {
      config: "default",
      batches: [1],
      note: "work() with its defaults: polls every 2 s, frees dependents every 5 s",
      pipelines: { 1: 2 },
      warmUp: 1,
    },
    {
      config: "work",
      batches: [1, 20, 500],
      note: "work() woken by NOTIFY and in bursts, frees dependents every second",
      pipelines: { 1: 150, 20: 1000, 500: 3000 },
    },
    {
      config: "best",
      batches: [1, 20, 500],
      note: "fetch, fenced complete and resolveFlow in loops, flows of 50 pipelines",
    },
  ]),
  ...peer("dbos", [
    {
      config: "default",
      batches: [1],
      note: "a workflow of six steps on a queue, polled each second",
    },
    { config: "best", batches: [1], note: "the same, polled every 20 ms, submitted 500 at a time" },
  ]),
  ...peer("bullmq", [
    {
      config: "default",
      batches: [1],
      note: "a flow, then addBulk in a seventh job; submitted singly",
    },
    { config: "best", batches: [1], note: "the same, submitted 100 at a time" },
  ]),
];

/**
 * The peers have a lockfile of their own and are installed only by who measures them. They bring the Node
 * they need: that npm runs on another one is no obstacle.
 */
export async function installPeers(): Promise<void> {
  if (existsSync(`${peersDir}/node_modules/node/bin/node`)) return;
  console.error("Installing the peers of bench/peers ...");
  await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund", "--engine-strict=false"], {
    cwd: peersDir,
  });
}
