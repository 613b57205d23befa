import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { ErrorCode } from "../../src/errors/codes.ts";
import { smallDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import { type Faults, type OllamaDouble, startOllamaDouble } from "../support/ollama-double.ts";
import type { RunningStack } from "../support/product.ts";
import { startOnShared, withStack } from "../support/stack.ts";

let home: Home;
let double: OllamaDouble;
let stack: RunningStack;
let decks = 0;

beforeAll(async () => {
  home = await makeHome();
  // At first nothing is installed, and loading takes its time.
  double = await startOllamaDouble({
    faults: { missingModel: true, slowLoadMs: 1_500 },
    pullStepMs: 300,
  });
  stack = await startOnShared(home, {
    env: { PILOTLIGHT_ENGINE: "auto", OLLAMA_HOST: double.url },
    overrides: { pipeline_coordination: { pipeline_failure_retry_delay: "300ms" } },
  });
});
afterAll(async () => {
  await stack.stop();
  await double.stop();
  const left = await home.leftovers();
  await home.remove();
  expect(left).toEqual([]);
});
beforeEach(() => setFaults(decks === 0 ? { ...double.faults } : {}));

function setFaults(faults: Faults): void {
  for (const name of Object.keys(double.faults) as (keyof Faults)[]) delete double.faults[name];
  Object.assign(double.faults, faults);
}

/** A short deck that is new to the server; answers its id. */
async function send(): Promise<string> {
  decks += 1;
  const { document } = await stack.api.upload(await smallDeck(`Ollamar ${decks}`, 2), "short.pdf");
  return document?.id ?? "";
}

async function expectDone(id: string): Promise<void> {
  const { pipeline } = await stack.api.ended(id);
  expect(pipeline).toMatchObject({
    state: "done",
    failure: null,
    engine: { name: "ollama", model: "llava:13b" },
  });
  const { engine, results, usage } = await stack.api.results(id);
  expect(engine).toEqual({ name: "ollama", model: expect.any(String) });
  // A deck about freight: its specialised analyses ask no model.
  expect(Object.keys(usage ?? {}).sort()).toEqual([
    "extractions_and_template",
    "slide_feedback",
    "visual_analysis",
  ]);
  expect(usage?.extractions_and_template).toMatchObject({ promptTokens: expect.any(Number) });
  expect(Object.keys(results)).toHaveLength(6);
  expect(results.visual_analysis?.slides).toHaveLength(2);
}

it("pulls the missing models, waits for a slow load, and reads a deck through all six tasks", async () => {
  await expectDone(await send());
  expect(double.calls).toMatchObject({ pull: 2, loads: 2 });
  const phases = stack.api.heard.filter(({ type }) => type === "container.phase");
  for (const pool of ["vision", "text"]) {
    // What its provider says of the machine comes before what the container says of itself.
    const seen = phases
      .filter(({ data }) => data.pool === pool && data.phase !== "provisioning")
      .map(({ data }) => data.phase);
    expect(seen.slice(0, 4)).toEqual(["pulling_model", "loading", "canary", "ready"]);
  }
  expect((await stack.api.fleet()).replicas[0]?.engine?.name).toBe("ollama");
  // What the models were asked is what the pack says, about the pictures of the slides.
  const pictures = double.calls.bodies.filter((body) => JSON.stringify(body).includes('"images"'));
  expect(pictures.length).toBeGreaterThanOrEqual(4);
});

it("waits and asks again when the server turns questions away", async () => {
  setFaults({ busy: 3 });
  await expectDone(await send());
  expect(double.faults.busy ?? 0).toBe(0);
});

it("tries again by itself when answers break off, and is done once they are whole", async () => {
  setFaults({ errorLineAfter200: true });
  const id = await send();
  const isDelayed = () =>
    stack.api.heard.some((one) => one.document === id && one.type === "task.delayed") || undefined;
  await stack.api.until("a task that is tried again", isDelayed);
  setFaults({});
  await expectDone(id);
  const delayed = (await stack.api.events(id)).filter(({ type }) => type === "task.delayed");
  expect(delayed[0]?.data).toMatchObject({ code: "MODEL_STREAM_BROKEN", lost: false, attempt: 1 });
});

/** How many tries a fault costs before the task is given up: two rounds of three, or one where no try can help. */
const lasting: readonly [keyof Faults, ErrorCode, number][] = [
  ["errorLineAfter200", "MODEL_STREAM_BROKEN", 6],
  ["eofWithoutDone", "MODEL_STREAM_BROKEN", 6],
  ["contextOverflow", "MODEL_CONTEXT_OVERFLOW", 1],
  ["crash500", "MODEL_LOAD_FAILED", 6],
  ["truncated", "MODEL_OUTPUT_TRUNCATED", 6],
];

it.each(lasting)(
  "ends with a code when %s lasts: %s after %i tries",
  async (fault, code, tries) => {
    setFaults({ [fault]: true });
    const id = await send();
    const { pipeline } = await stack.api.ended(id);
    expect(pipeline).toMatchObject({ state: "failed", failure: { code } });
    expect(pipeline.progress.percent).toBeLessThan(100);
    const tasks = pipeline.progress.tasks.map(({ task, state, attempt, failure }) => ({
      task,
      state,
      attempt,
      code: failure?.code ?? null,
    }));
    for (const task of ["visual_analysis", "slide_feedback"]) {
      expect(tasks).toContainEqual({ task, state: "dead", attempt: tries, code });
    }
    expect(tasks.filter(({ state }) => state === "skipped")).toHaveLength(4);

    // The server is well again: a retry does what failed.
    setFaults({});
    expect((await stack.api.post(`documents/${id}/retry`)).status).toBe(200);
    await expectDone(id);
  },
);

it("names the model that no registry has while a document waits for it", async () => {
  const env = {
    PILOTLIGHT_ENGINE: "auto",
    OLLAMA_HOST: double.url,
    PILOTLIGHT_VISION_MODEL: "nosuch:1b",
  };
  setFaults({});
  const left = await withStack({ env }, async ({ api }) => {
    const { document } = await api.upload(await smallDeck("Waitmere", 2), "waiting.pdf");
    const id = document?.id ?? "";
    const waiting = await api.until("why it waits", async () => {
      const { pipeline } = await api.document(id);
      expect(pipeline.state).toBe("active");
      return /failed/.exec(pipeline.status.sentence) ? pipeline.status : undefined;
    });
    expect(waiting).toMatchObject({ type: "pending", name: "Starting container" });
    expect(waiting.sentence).toContain("vision-1 failed (The model is not there)");
    // The stream tells it a moment after the document does.
    const failed = await api.until("the event of it", async () =>
      api.heard.find(({ type }) => type === "replica.failed"),
    );
    expect(failed.data).toMatchObject({ replica: "vision-1", code: "MODEL_NOT_FOUND" });
    expect((await api.post(`documents/${id}/cancel`)).status).toBe(200);
    expect((await api.document(id)).pipeline.state).toBe("cancelled");
  });
  expect(left).toEqual([]);
});
