import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlDouble } from "../../test/support/control-double.ts";
import { type LoopOptions, startLoop } from "../../test/support/worker-loop.ts";
import {
  gate,
  hanging,
  leaseOf,
  pagesOf,
  seeing,
  sha256,
} from "../../test/support/worker-parts.ts";

const deck = pagesOf("Aurelia makes stents", "We ask for 4 million euros", "Founded in 2021");
const longMs = 60_000;

let control: ControlDouble;
let workDir: string;
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  control = await new ControlDouble().start();
  control.documents.set(sha256(deck), deck);
  workDir = await mkdtemp(join(tmpdir(), "task-loop-drain-"));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await control.stop();
  expect(await readdir(workDir)).toEqual([]);
  await rm(workDir, { recursive: true });
});

const loopOf = async (options: LoopOptions = {}) => {
  const { end, ...rest } = await startLoop(control, workDir, options);
  ends.push(end);
  return rest;
};

/** A loop whose tasks wait for a sign, and one task of pipeline-1 under way. */
async function heldOf(options: LoopOptions = {}) {
  const [begun, go] = [gate(), gate()];
  const parts = await loopOf({
    slots: 1,
    see: async (request) => {
      begun.open();
      await go.opened;
      return await seeing(request);
    },
    ...options,
  });
  const lease = leaseOf("visual_analysis", deck);
  control.give(lease);
  await begun.opened;
  return { ...parts, lease, finish: go.open };
}

const leaseIn = (pipeline: string) => leaseOf("slide_feedback", deck, { pipeline });
const endOf = (lease: { readonly id: string }) => control.settled.get(lease.id)?.kind;
const requestSettling = (lease: { readonly id: string }) =>
  control.requests.find(({ settle }) => settle.some((one) => one.lease === lease.id));

describe("draining", () => {
  it("finishes a held pipeline with the tasks that its own results free, asked for in the same request", async () => {
    const { loop, lease, finish } = await heldOf();
    const [second, third] = [leaseIn("pipeline-1"), leaseIn("pipeline-1")];
    control.frees.set(lease.id, [second]);
    control.frees.set(second.id, [third]);
    const drained = loop.drain(longMs);
    finish();
    await drained;
    expect([lease, second, third].map(endOf)).toEqual(["done", "done", "done"]);
    expect(requestSettling(lease)).toMatchObject({ capacity: 1, waitSeconds: 0 });
  });

  it("keeps asking for tasks of its pipelines that others free, and never waits for them", async () => {
    control.pollSeconds = 0.1;
    const { loop, lease, finish } = await heldOf({ slots: 2 });
    const drained = loop.drain(longMs);
    await control.until(() => {
      const { capacity, waitSeconds, settle } = control.requests.at(-1) ?? {};
      return capacity === 1 && waitSeconds === 0 && settle?.length === 0;
    });
    const other = leaseIn("pipeline-1");
    control.give(other);
    await control.until(() => control.requests.at(-1)?.capacity === 1 && loop.held().length === 2);
    finish();
    await drained;
    expect([lease, other].map(endOf)).toEqual(["done", "done"]);
  });

  it("ends once it holds nothing, and asks for nothing more", async () => {
    const { loop, lease, finish } = await heldOf();
    const drained = loop.drain(longMs);
    finish();
    await drained;
    const asked = control.requests.length;
    const late = leaseIn("pipeline-1");
    control.give(late);
    await loop.drain(longMs);
    expect(requestSettling(lease)).toBe(control.requests[asked - 1]);
    expect([control.requests.length, endOf(late)]).toEqual([asked, undefined]);
  });

  it("gives back a new pipeline that a poll under way still brings, and goes on with its own", async () => {
    const { loop, lease, finish } = await heldOf({ slots: 2 });
    await control.until(() => control.requests.at(-1)?.capacity === 1);
    const drained = loop.drain(longMs);
    const fresh = leaseIn("pipeline-2");
    control.give(fresh);
    await control.until(() => control.settled.has(fresh.id));
    expect(endOf(fresh)).toBe("released");
    expect(loop.held()).toEqual([lease.id]);
    finish();
    await drained;
    expect(endOf(lease)).toBe("done");
  });

  it("gives back a lease that arrives when nothing is held", async () => {
    const { loop } = await loopOf();
    await control.until(() => control.requests.length > 0);
    const lease = leaseOf("visual_analysis", deck);
    const drained = loop.drain(5_000);
    control.give(lease);
    await drained;
    expect(control.settled.get(lease.id)).toEqual({ kind: "released" });
  });

  it("takes the next task of a pipeline whose result is on its way in a poll that waits", async () => {
    const { loop } = await loopOf({ slots: 1 });
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    await control.until(() => requestSettling(lease));
    const drained = loop.drain(longMs);
    const next = leaseIn("pipeline-1");
    control.give(next);
    await drained;
    expect([lease, next].map(endOf)).toEqual(["done", "done"]);
  });
});

describe("a drain that is not told yet", () => {
  it("sends nothing, so that the control plane hands out no new pipeline", async () => {
    const told = gate();
    const { loop, lease, finish, held, client } = await heldOf({ tellMs: longMs });
    const asked = control.requests.length;
    const drained = loop.drain(longMs, told.opened);
    finish();
    await expect.poll(() => held.at(-1)).toEqual([]);
    // A call that leaves now arrives after one that had left before.
    await client.progress(lease, { fraction: 1, done: 3, total: 3 }, new AbortController().signal);
    expect(control.requests).toHaveLength(asked);
    const next = leaseIn("pipeline-1");
    control.frees.set(lease.id, [next]);
    told.open();
    await drained;
    expect([lease, next].map(endOf)).toEqual(["done", "done"]);
  });

  it("settles the one result when a request with both is refused, and the other as failed", async () => {
    const told = gate();
    const { loop, lease, finish, held } = await heldOf({ slots: 2, tellMs: longMs });
    const other = leaseIn("pipeline-1");
    control.give(other);
    await expect.poll(() => loop.held()).toHaveLength(2);
    control.tooLarge.add(lease.id);
    const drained = loop.drain(longMs, told.opened);
    finish();
    await expect.poll(() => held.at(-1)).toEqual([]);
    told.open();
    await drained;
    expect(requestSettling(lease)?.settle).toHaveLength(2);
    expect(endOf(other)).toBe("done");
    expect(control.settled.get(lease.id)).toEqual({
      kind: "failed",
      code: "MODEL_OUTPUT_INVALID",
      detail: "The result was refused on its way to the control plane (FILE_TOO_LARGE).",
    });
  });

  it("settles after a while all the same, and asks for no work", async () => {
    const { loop, lease, finish } = await heldOf({ tellMs: 30 });
    const drained = loop.drain(longMs, new Promise<void>(() => undefined));
    finish();
    await drained;
    expect(endOf(lease)).toBe("done");
    expect(requestSettling(lease)).toMatchObject({ capacity: 0, waitSeconds: 0 });
  });
});

describe("the limit of a drain", () => {
  it("gives back what has not finished, with the finished slides kept", async () => {
    const { loop } = await loopOf({
      see: (request) => (request.slide < 3 ? seeing(request) : new Promise(() => undefined)),
    });
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    await control.until(() => control.slides.length === 2);
    await loop.drain(0);
    expect(control.settled.get(lease.id)).toEqual({ kind: "released" });
  });

  it("sends back what its last requests bring, of a held pipeline too", async () => {
    const { see, begun } = hanging();
    const { loop } = await loopOf({ slots: 1, see });
    const lease = leaseOf("visual_analysis", deck);
    const next = leaseIn("pipeline-1");
    control.frees.set(lease.id, [next]);
    control.give(lease);
    await begun;
    await loop.drain(0);
    expect(endOf(lease)).toBe("released");
    expect(requestSettling(lease)).toMatchObject({ capacity: 0 });
    expect(endOf(next)).toBeUndefined();
  });

  it("is not put off by a second order, and neither shortened nor broken by it", async () => {
    const { loop, lease, finish } = await heldOf();
    const drained = loop.drain(longMs);
    expect(loop.drain(2 * longMs)).toBe(drained);
    finish();
    await drained;
    expect(endOf(lease)).toBe("done");
  });

  it("comes nearer when a second order is more urgent", async () => {
    const { see, begun } = hanging();
    const { loop } = await loopOf({ see });
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    await begun;
    const drained = loop.drain(longMs);
    await loop.drain(0);
    await drained;
    expect(endOf(lease)).toBe("released");
  });

  it("ends although the control plane no longer answers", async () => {
    const { see, begun } = hanging();
    const { loop } = await loopOf({ see });
    control.give(leaseOf("visual_analysis", deck));
    await begun;
    control.fail(/\/leases$/, "reset", 1_000);
    await loop.drain(0);
    expect(loop.held()).toEqual([]);
  });
});
