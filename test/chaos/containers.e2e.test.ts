import { expect, it } from "vitest";
import type { DocumentSummary, EventView } from "../../src/contract/documents.ts";
import { sampleDeck } from "../support/decks.ts";
import { killNow } from "../support/home.ts";
import type { RunningStack } from "../support/product.ts";
import { everySlideOnce, slidesDone, slidesRead } from "../support/slides-done.ts";
import { withStack } from "../support/stack.ts";

// As an address: a blank in the path would cut NODE_OPTIONS in two.
const hang = new URL("../support/hang.mjs", import.meta.url).href;

/** A deck of pictures: each slide takes a moment, so that a container can be met at its work. */
async function midDeck({ api, containers }: RunningStack): Promise<{ id: string; pid: number }> {
  const { document } = await api.upload(await sampleDeck("tessera-pictures.pdf"), "tessera.pdf");
  const id = document?.id ?? "";
  await api.until("three finished slides", () => slidesDone(api.heard, id) >= 3 || undefined);
  const [container] = containers("vision");
  if (container === undefined) throw new Error("No vision container works on the deck.");
  return { id, pid: container.pid };
}

const typesOf = (events: readonly EventView[], type: string): EventView[] =>
  events.filter((event) => event.type === type);

/** Done, with all six results, and no slide was read twice. */
async function expectWhole(stack: RunningStack, id: string): Promise<DocumentSummary> {
  const ended = await stack.api.ended(id);
  expect(ended.pipeline).toMatchObject({ state: "done", failure: null });
  expect(ended.pipeline.progress.percent).toBe(100);
  expect(Object.keys((await stack.api.results(id)).results)).toHaveLength(6);
  expect(slidesRead(await stack.api.events(id))).toEqual(everySlideOnce(ended.pages));
  return ended;
}

it("goes on from the slide where a killed vision container stopped", async () => {
  const left = await withStack({}, async (stack) => {
    const { id, pid } = await midDeck(stack);
    killNow(pid);
    await expectWhole(stack, id);

    const events = await stack.api.events(id);
    const lost = typesOf(events, "task.delayed");
    expect(lost.map(({ data }) => data)).toEqual(
      lost.map(() => expect.objectContaining({ code: "CONTAINER_LOST", lost: true, attempt: 1 })),
    );
    expect(lost.map(({ task }) => task)).toContain("visual_analysis");
    const again = typesOf(events, "task.leased").filter(({ data }) => data.attempt === 2);
    expect(again.map(({ task }) => task)).toEqual(lost.map(({ task }) => task));
    expect(typesOf(stack.api.heard, "container.lost")[0]?.data).toMatchObject({
      pool: "vision",
      reason: "killed by SIGKILL",
    });
    // The killed one, its successor, and the text container.
    const started = typesOf(stack.api.heard, "container.registered").map(({ data }) => data.pool);
    expect(started.filter((pool) => pool === "vision").length).toBeGreaterThanOrEqual(2);
    expect(stack.home.processes().map((one) => one.pid)).not.toContain(pid);
  });
  expect(left).toEqual([]);
});

it("replaces a vision container that hangs while its heartbeats go on", async () => {
  const containerEnv = { NODE_OPTIONS: `--import ${hang}` };
  const overrides = {
    timings: { stallMsMax: 10_000, drainMs: 1_000, stopGraceMs: 1_500, heartbeatMs: 500 },
    // One replica: the replacement has to wait until the hung one is gone.
    vision_container_scaling: { max_replicas: 1 },
  };
  const left = await withStack({ containerEnv, overrides }, async (stack) => {
    const { id, pid } = await midDeck(stack);
    process.kill(pid, "SIGUSR2");
    await expectWhole(stack, id);

    const events = await stack.api.events(id);
    const stalled = typesOf(events, "task.delayed");
    expect(stalled.map(({ data }) => data.code)).toEqual(stalled.map(() => "TASK_STALLED"));
    expect(stalled.map(({ task }) => task)).toContain("visual_analysis");
    // Its heartbeats never stopped: it was not lost, it was drained and then replaced.
    expect(typesOf(stack.api.heard, "container.lost")).toEqual([]);
    const stopping = typesOf(stack.api.heard, "replica.stopping").map(({ data }) => data);
    expect(stopping[0]).toMatchObject({ replica: "vision-1", reason: "TASK_STALLED" });
    expect(stack.home.processes().map((one) => one.pid)).not.toContain(pid);
  });
  expect(left).toEqual([]);
});
