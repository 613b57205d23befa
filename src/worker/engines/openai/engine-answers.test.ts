import sharp from "sharp";
import { afterEach, describe, expect, it } from "vitest";
import {
  deckQuestion,
  latch,
  never,
  pictureQuestion,
} from "../../../../test/support/ollama-engine.ts";
import type { OpenaiFaults } from "../../../../test/support/openai-double.ts";
import { startOpenaiEngine, startOpenaiReady } from "../../../../test/support/openai-engine.ts";
import { manualClock } from "../../../lib/clock.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function ready(...given: Parameters<typeof startOpenaiReady>) {
  const all = await startOpenaiReady(...given);
  stops.push(all.stop);
  return all;
}

async function loadedNotes(...given: Parameters<typeof startOpenaiEngine>) {
  const all = await startOpenaiEngine(...given);
  stops.push(all.stop);
  const notes: (string | null)[] = [];
  await all.engine.load((step) => notes.push(step.note), never);
  return { ...all, notes };
}

describe("a question", () => {
  it("is sent with its schema, its picture first, and nothing that varies", async () => {
    const { engine, double } = await ready({}, { apiKey: "sk-1" }, { apiKey: "sk-1" });
    const question = pictureQuestion();
    const answer = await engine.see(question, never);
    const [body] = double.calls.bodies;
    expect(body).toEqual({
      model: "test-model",
      messages: [
        {
          role: "user",
          content: [
            {
              type: "image_url",
              image_url: { url: `data:image/jpeg;base64,${question.jpeg.toString("base64")}` },
            },
            { type: "text", text: "This is slide 3 of 9." },
          ],
        },
      ],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      seed: 1,
      chat_template_kwargs: { enable_thinking: false, thinking: false },
      max_tokens: 1536,
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", strict: true, schema: question.schema },
      },
    });
    expect(answer).toMatchObject({ value: { title: "Slide 3" }, calls: 1, promptTokens: 6 });
    expect(answer.outputTokens).toBeGreaterThan(0);
  });

  it("takes the times from a server that measures them", async () => {
    const { engine } = await ready({}, { kind: "llama.cpp" });
    const { timings } = await engine.see(pictureQuestion(), never);
    expect(timings).toMatchObject({ promptMs: 9, outputMs: 20, loadMs: 0 });
  });

  it("takes an object out of a sentence and a code fence", async () => {
    const { engine } = await ready({ chatty: true });
    expect(await engine.see(pictureQuestion(), never)).toMatchObject({
      value: { title: "Slide 3" },
    });
  });

  it.each(["tags", "open", "field", "all"] as const)(
    "takes no thought for the answer (%s)",
    async (thinks) => {
      const { engine } = await ready({ thinks });
      const answer = await engine.see(pictureQuestion(), never);
      expect(answer).toMatchObject({ value: { title: "Slide 3" } });
    },
  );

  it("takes an answer that comes in one piece", async () => {
    const { engine } = await ready({}, { whole: true });
    const answer = await engine.see(pictureQuestion(), never);
    expect(answer).toMatchObject({ value: { title: "Slide 3" }, promptTokens: 6 });
  });

  it("sends a smaller picture where the server counts more for it than its family was thought to", async () => {
    const widths: number[] = [];
    const pictureTokens = (jpeg: Buffer): number => {
      // Baseline JPEG: height and width stand behind the marker of the frame.
      const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
      const width = jpeg.readUInt16BE(frame + 7);
      widths.push(width);
      return width > 700 ? 9_999 : 700;
    };
    const { engine } = await ready(
      {},
      { models: ["qwen2.5-vl"], pictureTokens },
      { model: "qwen2.5-vl" },
    );
    const wide = await sharp({
      create: { width: 1280, height: 720, channels: 3, background: "white" },
    })
      .jpeg()
      .toBuffer();
    widths.length = 0;
    const question = { ...pictureQuestion(), jpeg: wide, widthPixels: 1280, heightPixels: 720 };
    expect(await engine.see(question, never)).toMatchObject({ value: { title: "Slide 3" } });
    expect(widths[0]).toBe(1280);
    expect(widths.at(-1)).toBe(616);
  });

  it("whose answer passes a bound of its schema is no answer", async () => {
    const { engine } = await ready({ number: -300 }, {}, { sees: false });
    const schema = {
      type: "object",
      properties: { funding: { type: "integer", minimum: 0 } },
      required: ["funding"],
    };
    const asked = engine.think({ ...deckQuestion(["Seed"]), schema }, never);
    await expect(asked).rejects.toMatchObject({
      code: "MODEL_OUTPUT_INVALID",
      detail: "funding: must be >= 0.",
    });
  });
});

describe("a server that does not know a way of asking", () => {
  const formatOf = (body: Record<string, unknown> | undefined) =>
    (body?.response_format as { type: string } | undefined)?.type ?? null;

  it.each([
    [["strict"], "json_schema", 1],
    [["json_schema"], "json_object", 2],
    [["json_schema", "json_object"], null, 3],
    [["max_tokens", "stream_options"], "json_schema", 2],
    [["chat_template_kwargs", "temperature"], "json_schema", 2],
  ] as const)(
    "refuses %j and is asked with %s, found out once",
    async (refuses, format, refused) => {
      const { engine, double } = await loadedNotes({ refuses });
      expect(double.calls.refused).toBe(refused);
      await engine.see(pictureQuestion(), never);
      expect(double.calls.refused).toBe(refused);
      const last = double.calls.bodies.at(-1);
      expect(formatOf(last)).toBe(format);
      expect(JSON.stringify(last?.messages).includes("JSON Schema")).toBe(format !== "json_schema");
    },
  );

  it("passes over it in silence, and is shown the schema after the first prose", async () => {
    const { engine, double } = await loadedNotes({ ignoresFormat: true });
    expect(await engine.see(pictureQuestion(), never)).toMatchObject({
      value: { title: "Slide 3" },
    });
    expect(double.calls.bodies.map(formatOf)).toEqual([
      "json_schema",
      null,
      "json_object",
      "json_object",
    ]);
  });

  it("is asked as an old vLLM wants it, where it is one", async () => {
    const { engine, double } = await loadedNotes({ ignoresFormat: true, knowsGuided: true });
    const question = pictureQuestion();
    expect(await engine.see(question, never)).toMatchObject({ value: { title: "Slide 3" } });
    expect(double.calls.bodies.at(-1)).toMatchObject({ guided_json: question.schema });
    const other = await loadedNotes({ kind: "service", ignoresFormat: true, knowsGuided: true });
    expect(other.double.calls.bodies.at(-1)).not.toHaveProperty("guided_json");
  });
});

describe("loading", () => {
  it.each([
    [{ kind: "vllm", contextTokens: 5_000 }, {}, "context 5000 tokens"],
    [{ kind: "llama.cpp", contextTokens: 6_000 }, {}, "context 6000 tokens"],
    [{ kind: "llama.cpp", contextTokens: 6_000 }, { contextTokens: 4_500 }, "context 4500 tokens"],
    [{ kind: "vllm", contextTokens: 6_000 }, { contextTokens: 9_000 }, "context 6000 tokens"],
    [{ kind: "service" }, { contextTokens: 7_000 }, "context 7000 tokens"],
    [{ kind: "service" }, {}, "context taken to be 8192 tokens"],
  ] as const)("learns the context of %j", async (double, engine, note) => {
    expect((await loadedNotes(double, engine)).notes[0]).toBe(`test-model, ${note}`);
  });

  it.each([
    [{ apiKey: "sk-right" }, { apiKey: "sk-wrong" }, "MODEL_KEY_REFUSED"],
    [{ apiKey: "sk-right" }, {}, "MODEL_KEY_REFUSED"],
    [{ models: ["a", "b"] }, {}, "MODEL_NOT_FOUND"],
    [{ faults: { blind: true } }, {}, "MODEL_NOT_VISION"],
    [{ faults: { noVision: true } }, {}, "MODEL_NOT_VISION"],
    [{ faults: { invalidJson: true } }, {}, "MODEL_OUTPUT_INVALID"],
  ] as const)("with %j and %j ends with %s", async (double, engine, code) => {
    await expect(loadedNotes(double, engine)).rejects.toMatchObject({ code });
  });

  it("waits while the server says that it loads, also when its models are listed already", async () => {
    const started = await startOpenaiEngine({ loading: 40, contextTokens: 5_000 });
    stops.push(started.stop);
    await started.engine.load(() => undefined, never);
    expect(started.pauses).toEqual(Array(40).fill(1_000));
    expect(started.double.calls.questions).toBe(1);
  });

  it("waits for a server that is not there yet, a second between two looks", async () => {
    const started = await startOpenaiEngine({}, { serverTries: 3 });
    await started.double.stop();
    const loading = started.engine.load(() => undefined, never);
    await expect(loading).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
    expect(started.pauses).toEqual([1_000, 1_000]);
    await started.engine.close();
  });
});

describe("a fault of the model server", () => {
  it.each([
    ["errorEventAfter200", "MODEL_STREAM_BROKEN"],
    ["eofWithoutEnd", "MODEL_STREAM_BROKEN"],
    ["resetMidway", "MODEL_STREAM_BROKEN"],
    ["contextOverflow", "MODEL_CONTEXT_OVERFLOW"],
    ["invalidJson", "MODEL_OUTPUT_INVALID"],
    ["truncated", "MODEL_OUTPUT_TRUNCATED"],
    ["noVision", "MODEL_NOT_VISION"],
    ["crash", "ENGINE_UNREACHABLE"],
  ] satisfies [keyof OpenaiFaults, string][])("%s becomes %s", async (fault, code) => {
    const { engine, double } = await ready({ [fault]: true });
    const error = await engine.see(pictureQuestion(), never).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain("never clo");
    Object.assign(double.faults, { [fault]: false });
    expect(await engine.see(pictureQuestion(), never)).toMatchObject({
      value: { title: "Slide 3" },
    });
  });

  it.each(["content_filter", "refusal"] as const)(
    "an answer withheld (%s) is none",
    async (withheld) => {
      const { engine } = await ready({ withheld });
      const asked = engine.see(pictureQuestion(), never);
      await expect(asked).rejects.toMatchObject({ code: "MODEL_OUTPUT_INVALID" });
    },
  );

  it("silence in an answer becomes MODEL_TIMEOUT, and the line is hung up", async () => {
    const { engine, double } = await ready({ stall: true }, {}, { deadlines: { idleMs: 300 } });
    const asked = engine.see(pictureQuestion(), never);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_TIMEOUT" });
    await expect.poll(() => double.calls.hungUp).toBe(1);
  });
});

describe("a full server", () => {
  it("is asked again when it says, and never sooner", async () => {
    const { engine, double, pauses } = await ready({ busy: 2, retryAfter: 7 });
    await engine.see(pictureQuestion(), never);
    expect(double.calls.questions).toBe(3);
    expect(pauses).toEqual([7_000, 7_000]);
  });

  it("that asks for more patience than the call has is left alone", async () => {
    const clock = manualClock();
    const { engine, double, pauses } = await ready(
      { busy: 9, retryAfter: 3_600 },
      {},
      { clock, deadlines: { callMs: 60_000 } },
    );
    const asked = engine.see(pictureQuestion(), never);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_BUSY" });
    expect(double.calls.questions).toBe(1);
    expect(pauses).toEqual([]);
  });
});

it("never has more calls at once than slots", async () => {
  const hold = latch();
  const { engine, double } = await ready(
    {},
    { hold: (prompt) => (prompt.includes("slide") ? hold.opened : Promise.resolve()) },
  );
  const answers = [1, 2, 3, 4, 5].map((slide) => engine.see(pictureQuestion(slide), never));
  await expect.poll(() => double.calls.running).toBe(2);
  hold.open();
  await Promise.all(answers);
  expect(double.calls).toMatchObject({ questions: 5, peak: 2, running: 0 });
});

describe("a deck longer than the context", () => {
  const texts = ["Alpha", "Beta", "Gamma", "Delta"].map((name) => `${name} ${"word ".repeat(300)}`);
  const claimsOf = (value: unknown) =>
    (value as { claims: { claim: string }[] }).claims.map(({ claim }) => claim.split(" ")[0]);

  it("is asked in parts, sized by the tokens the server counts", async () => {
    const sizes = { contextTokens: 1_600, charactersPerToken: 2 };
    const given = { sees: false, outputTokens: 200 };
    const { engine, double } = await ready({}, sizes, given);
    const answer = await engine.think(deckQuestion(texts), never);
    expect(claimsOf(answer.value)).toEqual(["Alpha", "Beta", "Gamma", "Delta"]);
    expect(answer.calls).toBe(double.calls.questions);
    expect(double.calls.questions).toBe(4);
  });

  it("is halved when the server counts more than was guessed", async () => {
    const sizes = { kind: "service" as const, charactersPerToken: 1, contextTokens: 2_600 };
    const given = { sees: false, contextTokens: 2_600, outputTokens: 200 };
    const { engine, double } = await ready({}, sizes, given);
    const answer = await engine.think(deckQuestion(texts), never);
    expect(claimsOf(answer.value)).toEqual(["Alpha", "Beta", "Gamma", "Delta"]);
    expect(double.calls.questions).toBeGreaterThan(4);
  });
});
