import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../src/lib/random.ts";
import { anotherCopy } from "../../test/chaos/fleet/submitter.ts";
import { sampleDeck } from "../../test/support/decks.ts";
import { makeHome } from "../../test/support/home.ts";
import { type RunningStack, startStack } from "../../test/support/product.ts";
import { type Read, readRecording } from "./read.ts";

/** The scaling block with its delays scaled down, since a local container starts in seconds; the rest is the product's own. */
export const overrides = {
  profile: "production" as const,
  timings: {
    ...{ drainMs: 25_000, stopGraceMs: 30_000 },
    ...{ scalerMs: 1_000, reconcilerMs: 1_000, rescuerMs: 1_000 },
  },
  vision_container_scaling: { scale_down_delay: "10s", startup_timeout: "60s" },
  text_container_scaling: {
    pre_warm_delay: "2s",
    scale_down_delay: "20s",
    startup_timeout: "60s",
  },
};

/** Two decks with a text layer, and one whose slides are pictures. */
const decks = ["aurelia-cardio.pdf", "loopfreight.pdf", "tessera-pictures.pdf"];

export interface Traffic {
  readonly decks: number;
  readonly minutes: number;
  readonly random: Random;
}

/** Runs the stack in a home of its own until all decks are done and all containers gone, and reads what it did. */
export async function record(traffic: Traffic, say: (sentence: string) => void): Promise<Read> {
  const home = await makeHome();
  try {
    const stack = await startStack(home, { overrides });
    try {
      await submitAll(stack, traffic, say);
      await allDone(stack, traffic.decks, say);
    } finally {
      await stack.stop();
    }
    return await readRecording(home.stateDir);
  } finally {
    await home.remove();
  }
}

/** Independent arrivals: so many instants, uniform over the stretch, in order, are a Poisson process given its count. */
function arrivalsOf({ decks: count, minutes, random }: Traffic): number[] {
  const spanMs = minutes * 60_000;
  return Array.from({ length: count }, () => random.next() * spanMs).toSorted((a, b) => a - b);
}

async function submitAll(
  { api }: RunningStack,
  traffic: Traffic,
  say: (sentence: string) => void,
): Promise<void> {
  const arrivals = arrivalsOf(traffic);
  const startMs = performance.now() - (arrivals[0] ?? 0);
  const uploads: Promise<void>[] = [];
  for (const [n, dueMs] of arrivals.entries()) {
    const name = decks[Math.floor(traffic.random.next() * decks.length)] ?? "loopfreight.pdf";
    const bytes = anotherCopy(await sampleDeck(name), n);
    await pause(Math.max(0, dueMs - (performance.now() - startMs)));
    uploads.push(upload(api, bytes, `${n}-${name}`));
    if (n % 10 === 9) say(`${n + 1} decks are sent`);
  }
  await Promise.all(uploads);
}

async function upload(api: RunningStack["api"], bytes: Uint8Array, name: string): Promise<void> {
  const { status } = await api.upload(bytes, name);
  if (status !== 202) throw new Error(`${name} was refused with ${status}`);
}

const lookMs = 1_000;
const patienceMs = 300_000;

async function allDone(
  { api }: RunningStack,
  count: number,
  say: (sentence: string) => void,
): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const { documents } = await api.documents();
    const open = documents.filter(({ pipeline }) =>
      ["active", "fetching"].includes(pipeline.state),
    );
    const { pools } = await api.fleet();
    const running = pools.reduce((sum, pool) => sum + pool.running, 0);
    if (documents.length >= Math.min(count, 200) && open.length === 0 && running === 0) break;
    if (performance.now() > endMs)
      throw new Error(`${open.length} decks, ${running} containers left`);
    await pause(lookMs);
  }
  say("all decks are done, and both pools are at 0");
}
