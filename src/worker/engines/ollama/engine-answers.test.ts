import { afterEach, describe, expect, it } from "vitest";
import {
  deckQuestion,
  latch,
  never,
  pictureQuestion,
  startEngine,
  startReady,
} from "../../../../test/support/ollama-engine.ts";
import type { Faults } from "../../../../test/support/ollama-state.ts";
import { manualClock } from "../../../lib/clock.ts";
import type { CallSlots } from "../model-common/call-slots.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function ready(...given: Parameters<typeof startReady>) {
  const all = await startReady(...given);
  stops.push(all.stop);
  return all;
}

describe("a question", () => {
  it("is sent so that nothing is cut, nothing varies and nothing reloads", async () => {
    const { engine, double } = await ready();
    const answer = await engine.see(pictureQuestion(), never);
    const [body] = double.calls.bodies;
    expect(body).toMatchObject({
      model: "llava:13b",
      stream: true,
      truncate: false,
      shift: false,
      keep_alive: -1,
      format: pictureQuestion().schema,
      options: { temperature: 0, seed: 1, num_ctx: 4096, num_predict: 1536 },
    });
    expect(body?.images).toEqual([pictureQuestion().jpeg.toString("base64")]);
    expect(body).not.toHaveProperty("think");
    expect(answer.promptTokens).toBeGreaterThan(0);
    expect(answer.timings).toEqual({ totalMs: 30, loadMs: 1, promptMs: 9, outputMs: 20 });
  });

  it("asks a model that thinks aloud not to", async () => {
    const model = {
      name: "qwen3-vl:8b",
      capabilities: ["completion", "vision", "thinking"],
      contextLength: 262_144,
      bytes: 6e9,
    };
    const { engine, double } = await ready({}, { models: [model] }, { model: model.name });
    await engine.see(pictureQuestion(), never);
    expect(double.calls.bodies[0]).toMatchObject({ think: false, options: { num_ctx: 8192 } });
  });

  it.each([
    ["json_only", "json"],
    ["ignored", "json"],
  ] as const)("shows the schema to a server whose format is %s", async (format, sent) => {
    const { engine, double } = await ready({}, { format });
    const answer = await engine.see(pictureQuestion(), never);
    expect(answer.value).toEqual({ title: "Slide 3" });
    // Found out while loading, and remembered.
    expect(double.calls.bodies).toHaveLength(1);
    expect(double.calls.bodies[0]).toMatchObject({
      format: sent,
      prompt: expect.stringContaining("JSON Schema"),
    });
  });

  it("is refused before its load, and about pictures by a text engine", async () => {
    const idle = await startEngine();
    stops.push(idle.stop);
    const asked = idle.engine.see(pictureQuestion(), never);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_LOAD_FAILED" });
    const text = await ready({}, {}, { sees: false });
    const seen = text.engine.see(pictureQuestion(), never);
    await expect(seen).rejects.toMatchObject({ code: "MODEL_NOT_VISION" });
    expect(text.double.calls.questions).toBe(0);
  });

  it("that cannot fit is refused without a call", async () => {
    const { engine, double } = await ready();
    const asked = engine.see(pictureQuestion(3, "word ".repeat(3_000)), never);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_CONTEXT_OVERFLOW" });
    expect(double.calls.questions).toBe(0);
  });
});

it("waits for whoever grants the calls, before the canary and before each question", async () => {
  let granted = 0;
  const callSlots: CallSlots = {
    running: 0,
    run: (_signal, work) => {
      granted += 1;
      return work();
    },
  };
  const { engine } = await ready({}, {}, { callSlots });
  await engine.see(pictureQuestion(), never);
  expect(granted).toBe(2);
});

it("a broken answer leaves none of its words in the error", async () => {
  const { engine } = await ready({ invalidJson: true });
  const error = await engine.see(pictureQuestion(), never).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "MODEL_OUTPUT_INVALID" });
  expect(error).not.toHaveProperty("cause");
});

describe("a fault of the model server", () => {
  it.each([
    ["errorLineAfter200", "MODEL_STREAM_BROKEN"],
    ["eofWithoutDone", "MODEL_STREAM_BROKEN"],
    ["resetMidway", "MODEL_STREAM_BROKEN"],
    ["contextOverflow", "MODEL_CONTEXT_OVERFLOW"],
    ["invalidJson", "MODEL_OUTPUT_INVALID"],
    ["truncated", "MODEL_OUTPUT_TRUNCATED"],
    ["missingModel", "MODEL_NOT_FOUND"],
    ["noVision", "MODEL_NOT_VISION"],
    ["crash500", "MODEL_LOAD_FAILED"],
  ] satisfies [keyof Faults, string][])("%s becomes %s", async (fault, code) => {
    const { engine, double } = await ready({ [fault]: true });
    await expect(engine.see(pictureQuestion(), never)).rejects.toMatchObject({ code });
    Object.assign(double.faults, { [fault]: false });
    expect(await engine.see(pictureQuestion(), never)).toMatchObject({
      value: { title: "Slide 3" },
    });
  });

  it("that keeps deck text out of its message", async () => {
    const { engine } = await ready({ invalidJson: true });
    const error = await engine.see(pictureQuestion(), never).catch((caught: Error) => caught);
    expect(String(error)).not.toContain("never clo");
  });

  it("refused connection becomes ENGINE_UNREACHABLE", async () => {
    const { engine, double } = await ready();
    await double.stop();
    const asked = engine.see(pictureQuestion(), never);
    await expect(asked).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  });

  it("silence in an answer becomes MODEL_TIMEOUT, and the line is hung up", async () => {
    const { engine, double } = await ready({ stall: true }, {}, { deadlines: { idleMs: 300 } });
    const asked = engine.see(pictureQuestion(), never);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_TIMEOUT" });
    await expect.poll(() => double.calls.hungUp).toBe(1);
  });

  it("an answer past its deadline becomes MODEL_TIMEOUT", async () => {
    const hold = latch();
    const { engine } = await ready(
      {},
      { hold: (prompt) => (prompt.includes("slide 3") ? hold.opened : Promise.resolve()) },
      { deadlines: { callMs: 400 } },
    );
    const asked = engine.see(pictureQuestion(), never);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_TIMEOUT" });
    hold.open();
  });
});

describe("a full model server", () => {
  it("is asked again after growing pauses", async () => {
    const { engine, double, pauses } = await ready({ busy: 3 });
    await engine.see(pictureQuestion(), never);
    expect(double.calls.questions).toBe(4);
    expect(pauses).toHaveLength(3);
    for (const [tried, pauseMs] of pauses.entries()) {
      expect(pauseMs).toBeGreaterThanOrEqual(250 * 2 ** tried);
      expect(pauseMs).toBeLessThanOrEqual(500 * 2 ** tried);
    }
  });

  it("becomes MODEL_BUSY after six tries", async () => {
    const { engine, double } = await ready({ busy: 99 });
    const asked = engine.see(pictureQuestion(), never);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_BUSY" });
    expect(double.calls.questions).toBe(6);
  });

  it("is not asked past the deadline of the call", async () => {
    const clock = manualClock();
    const sleep = async (ms: number) => clock.advance(ms);
    const given = { clock, sleep, deadlines: { callMs: 1_000 } };
    const { engine, double } = await ready({ busy: 99 }, {}, given);
    const asked = engine.see(pictureQuestion(), never);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_BUSY" });
    expect(double.calls.questions).toBeLessThan(4);
    expect(clock.nowMs()).toBeLessThan(1_000);
  });
});

describe("calls at once", () => {
  it("never exceed the slots, whoever asks", async () => {
    const hold = latch();
    const { engine, double } = await ready(
      {},
      { hold: (prompt) => (/slide|claims/.test(prompt) ? hold.opened : Promise.resolve()) },
      { slots: 2, model: "gemma3:27b" },
    );
    const slides = [1, 2, 3, 4, 5, 6, 7];
    const answers = slides.map((slide) => engine.see(pictureQuestion(slide), never));
    const deck = engine.think(deckQuestion(["Patients wait."]), never);
    await expect.poll(() => double.calls.running).toBe(2);
    hold.open();
    const titles = (await Promise.all(answers)).map((answer) => answer.value);
    await deck;
    expect(titles).toEqual(slides.map((slide) => ({ title: `Slide ${slide}` })));
    expect(double.calls).toMatchObject({ questions: 8, peak: 2, running: 0 });
  });

  it("free their slot when the caller gives up", async () => {
    const hold = latch();
    const { engine, double } = await ready(
      {},
      { hold: (prompt) => (prompt.includes("slide 1 ") ? hold.opened : Promise.resolve()) },
      { slots: 1 },
    );
    const leaver = new AbortController();
    const first = engine.see(pictureQuestion(1), leaver.signal);
    const outcome = expect(first).rejects.toThrow("lease lost");
    const second = engine.see(pictureQuestion(2), never);
    await expect.poll(() => double.calls.running).toBe(1);
    expect(double.calls.questions).toBe(1);
    leaver.abort(new Error("lease lost"));
    await outcome;
    expect(await second).toMatchObject({ value: { title: "Slide 2" } });
    await expect.poll(() => double.connections()).toBe(0);
    expect(double.calls.hungUp).toBe(1);
    hold.open();
  });
});

describe("a deck longer than the context", () => {
  const texts = ["Alpha", "Beta", "Gamma", "Delta"].map((name) => `${name} ${"word ".repeat(300)}`);
  const claimsOf = (value: unknown) =>
    (value as { claims: { claim: string }[] }).claims.map(({ claim }) => claim.split(" ")[0]);

  it("is asked in parts, and the claims of all parts come back", async () => {
    const small = { sees: false, contextTokens: 900, outputTokens: 200 };
    const { engine, double } = await ready({}, {}, small);
    const answer = await engine.think(deckQuestion(texts), never);
    expect(double.calls.questions).toBe(4);
    expect(claimsOf(answer.value)).toEqual(["Alpha", "Beta", "Gamma", "Delta"]);
    expect(answer).toMatchObject({ calls: 4, timings: { totalMs: 120 } });
  });

  it("is halved when the server counts more than was guessed", async () => {
    const given = { sees: false, contextTokens: 2_400, outputTokens: 200 };
    const { engine, double } = await ready({}, { charactersPerToken: 1 }, given);
    const answer = await engine.think(deckQuestion(texts), never);
    const sent = double.calls.bodies.map((body) => String(body.prompt).match(/<slide /g)?.length);
    expect(sent).toEqual([4, 2, 1, 1, 2, 1, 1]);
    expect(claimsOf(answer.value)).toEqual(["Alpha", "Beta", "Gamma", "Delta"]);
  });

  it("fails naming the slide of which one word alone is too long", async () => {
    const { engine, double } = await ready({}, {}, { sees: false, contextTokens: 800 });
    const asked = engine.think(deckQuestion(["short", "x".repeat(2_000)]), never);
    await expect(asked).rejects.toMatchObject({
      code: "MODEL_CONTEXT_OVERFLOW",
      detail: expect.stringContaining("Slide 2"),
    });
    expect(double.calls.questions).toBe(0);
  });
});
