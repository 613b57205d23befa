import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { RunsAnswer } from "../../src/contract/fleet.ts";
import { example, type RunningStack } from "../support/product.ts";
import { openRegion, type Region } from "../support/rented.ts";
import { withStack } from "../support/stack.ts";

const samples = ["aurelia-cardio.pdf", "loopfreight.pdf", "tessera-pictures.pdf"];

/** Short keep-alives: the test sees the pools go down again. */
const scaling = {
  vision_container_scaling: { scale_down_delay: "2s" },
  text_container_scaling: { scale_down_delay: "2s" },
};

const runsOf = async ({ url }: RunningStack): Promise<RunsAnswer["runs"]> => {
  const response = await fetch(`${url}/api/fleet/runs?limit=100`);
  expect(response.status).toBe(200);
  return ((await response.json()) as RunsAnswer).runs;
};

async function readSamples({ api }: RunningStack): Promise<void> {
  const bytes = await Promise.all(samples.map((name) => readFile(example(name))));
  const answers = await Promise.all(
    bytes.map((one, index) => api.upload(one, samples[index] ?? "deck.pdf")),
  );
  const ids = answers.map(({ document }) => document?.id ?? "refused");
  const ended = await Promise.all(ids.map((id) => api.ended(id)));
  expect(ended.map(({ pipeline }) => pipeline.state)).toEqual(["done", "done", "done"]);
}

const atNone = ({ api }: RunningStack) =>
  api.until("no replica", async () => (await api.fleet()).replicas.length === 0 || undefined);

async function withRegion(test: (region: Region) => Promise<void>): Promise<void> {
  const region = await openRegion("fin");
  try {
    await test(region);
  } finally {
    await region.stub.close();
  }
}

describe("replicas rented by the API of Verda", () => {
  // Side by side: most of such a run is waiting for containers to come up and to go.
  it.concurrent.each(["split", "shared"])(
    "read the sample decks, %s, and end with nothing",
    (topology) =>
      withRegion(async (region) => {
        const fleet = { topology };
        const overrides = { engine: "extractive", providers: [region.provider], fleet };
        const options = { overrides: { ...overrides, ...scaling }, env: region.env };
        const left = await withStack(options, async (stack) => {
          await readSamples(stack);
          await atNone(stack);
          const runs = await runsOf(stack);
          const pools = new Set(runs.map(({ pool }) => pool));
          expect([...pools].sort()).toEqual(
            topology === "shared" ? ["shared"] : ["text", "vision"],
          );
          expectEqualIntervals(runs, region);
          expect(new Set(runs.map(({ machine }) => machine.gpu))).toEqual(new Set(["L40S"]));
          expect(runs.every(({ failure }) => failure === null)).toBe(true);
        });
        expect(left).toEqual([]);
        const { stub } = region;
        expect(stub.bill.every(({ endedAtMs }) => endedAtMs !== null)).toBe(true);
        expect([...stub.deployments.values()].filter(({ isPaused }) => !isPaused)).toEqual([]);
      }),
  );
});

it("stops what is rented before its control plane ends", () =>
  withRegion(async (region) => {
    const overrides = { engine: "extractive", providers: [region.provider] };
    const left = await withStack({ overrides, env: region.env }, async ({ api }) => {
      const { document } = await api.upload(await readFile(example("loopfreight.pdf")), "deck.pdf");
      await api.until("a container at work", async () => {
        const { replicas } = await api.fleet();
        return replicas.some(({ leases }) => leases > 0) || undefined;
      });
      expect((await api.document(document?.id ?? "refused")).pipeline.state).toBe("active");
    });
    expect(left).toEqual([]);
    expect(region.stub.bill.length).toBeGreaterThan(0);
    expect(region.stub.bill.every(({ endedAtMs }) => endedAtMs !== null)).toBe(true);
    expect([...region.stub.deployments.values()].every(({ isPaused }) => isPaused)).toBe(true);
  }));

/** Our runs against the bill of who rents out: the same machines, from and until within a second. */
function expectEqualIntervals(runs: RunsAnswer["runs"], { stub }: Region): void {
  const billed = runs.flatMap(({ name, billed }) =>
    billed === null
      ? []
      : [{ name, fromMs: Date.parse(billed.from), untilMs: Date.parse(billed.until ?? "") }],
  );
  const charged = stub.bill.map(({ name, startedAtMs, endedAtMs }) => ({
    name: name.replace(/^pl-[a-z0-9]+-/, ""),
    fromMs: startedAtMs,
    untilMs: endedAtMs ?? Number.NaN,
  }));
  const inOrder = <T extends { name: string; fromMs: number }>(all: T[]): T[] =>
    all.toSorted((a, b) => a.name.localeCompare(b.name) || a.fromMs - b.fromMs);
  const [ours, theirs] = [inOrder(billed), inOrder(charged)];
  expect(ours.map(({ name }) => name)).toEqual(theirs.map(({ name }) => name));
  for (const [index, one] of ours.entries()) {
    const other = theirs[index];
    expect(Math.abs(one.fromMs - (other?.fromMs ?? 0))).toBeLessThan(1_000);
    expect(Math.abs(one.untilMs - (other?.untilMs ?? 0))).toBeLessThan(1_000);
  }
}
