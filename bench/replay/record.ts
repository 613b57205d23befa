import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Api } from "../../src/cli/api-client.ts";
import type { Random } from "../../src/lib/random.ts";
import { type Read, readRecording } from "./read.ts";
import { makeHome, startStack } from "./stack.ts";

/** The scaling block with its delays scaled down, since a local container starts in seconds; the rest is the product's own. */
export const settings = {
  profile: "production" as const,
  vision_container_scaling: { scale_down_delay: "10s", startup_timeout: "60s" },
  text_container_scaling: {
    pre_warm_delay: "2s",
    scale_down_delay: "20s",
    startup_timeout: "60s",
  },
};

/** Two decks with a text layer, and one whose slides are pictures. */
const decks = ["aurelia-cardio.pdf", "loopfreight.pdf", "tessera-pictures.pdf"] as const;
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

export interface Traffic {
  /** At most 200, the documents that one page of the list holds. */
  readonly decks: number;
  readonly minutes: number;
  readonly random: Random;
}

/** What a run says of itself, while it goes on. */
type Say = (sentence: string) => void;

/** Runs the stack in a home of its own until all decks are done and all containers gone, and reads what it did. */
export async function record(traffic: Traffic, say: Say, signal: AbortSignal): Promise<Read> {
  const home = await makeHome();
  try {
    const stack = await startStack(home, settings);
    try {
      await submitAll(stack.api, home.dir, traffic, say, signal);
      await allDone(stack.api, traffic.decks, signal);
      say("all decks are done, and both pools are at 0");
    } finally {
      await stack.stop();
    }
    return await readRecording(home.stateDir);
  } finally {
    await home.remove();
  }
}

/** A Poisson process, given how many there are of it: independent instants, uniform over the stretch. */
function arrivalsOf({ decks: count, minutes, random }: Traffic): number[] {
  const spanMs = minutes * 60_000;
  return Array.from({ length: count }, () => random.next() * spanMs).toSorted((a, b) => a - b);
}

async function submitAll(
  api: Api,
  dir: string,
  traffic: Traffic,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const arrivals = arrivalsOf(traffic);
  const startMs = performance.now() - (arrivals[0] ?? 0);
  const uploads: Promise<unknown>[] = [];
  for (const [n, dueMs] of arrivals.entries()) {
    const name = decks[Math.floor(traffic.random.next() * decks.length)] ?? decks[0];
    const path = join(dir, `${n}-${name}`);
    // The same deck with other bytes: whatever follows its end is read by nobody, and no cache knows it.
    const deck = await readFile(`${examples}${name}`);
    await writeFile(path, Buffer.concat([deck, Buffer.from(`\n% copy ${n}\n`)]));
    await pause(Math.max(0, dueMs - (performance.now() - startMs)), undefined, { signal });
    const upload = { path, name: `${n}-${name}`, idempotencyKey: randomUUID() };
    uploads.push(api.upload(upload, signal));
    if (n % 10 === 9) say(`${n + 1} decks are sent`);
  }
  await Promise.all(uploads);
}

const lookMs = 1_000;
const patienceMs = 300_000;

async function allDone(api: Api, count: number, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookMs) {
    const { documents } = await api.list({ limit: count }, signal);
    const open = documents.filter(({ pipeline }) => pipeline.state === "active");
    const { pools } = await api.fleet.get(signal);
    if (open.length === 0 && pools.every(({ running }) => running === 0)) return;
    await pause(lookMs, undefined, { signal });
  }
  throw new Error(`After ${patienceMs / 1000} s more there is still work, or a container.`);
}
