import { describe, expect, it } from "vitest";
import { createEngine, type EngineSettings } from "./choose.ts";
import type { ParentChannel } from "./model-common/parent-slots.ts";

const settings: EngineSettings = {
  engine: "ollama",
  model: "llava:13b",
  ollamaHost: "127.0.0.1:11434",
  openaiUrl: null,
  openaiApiKey: null,
  contextTokens: null,
  pool: "vision",
  slots: 2,
  modelSlots: "own",
  requireGpu: false,
};

const orphan: ParentChannel = { connected: false, on: () => undefined };

describe("the engine of a container", () => {
  it("is the one its settings name", async () => {
    const ollama = createEngine(settings, orphan);
    expect(ollama.ref).toEqual({ name: "ollama", model: "llava:13b" });
    expect(ollama.slots).toBe(2);
    const url = { engine: "openai" as const, openaiUrl: "http://127.0.0.1:8000" };
    const openai = createEngine({ ...settings, ...url }, orphan);
    expect(openai.ref).toEqual({ name: "openai", model: "llava:13b" });
    const extractive = createEngine({ ...settings, engine: "extractive", model: null }, orphan);
    expect(extractive.ref).toEqual({ name: "extractive", model: null });
    await Promise.all([ollama.close(), openai.close(), extractive.close()]);
  });

  it.each([
    ["without a model", { model: null }],
    ["without the address of its server", { engine: "openai" as const }],
    ["at an address that is none", { engine: "openai" as const, openaiUrl: "gpu box" }],
    [
      "with a key in the address",
      { engine: "openai" as const, openaiUrl: "http://user:key@host/v1" },
    ],
    ["that asks a parent where there is none", { modelSlots: "parent" as const }],
    ["whose server has no address", { ollamaHost: "gpu box" }],
  ])("is refused %s", (_, wrong) => {
    expect(() => createEngine({ ...settings, ...wrong }, orphan)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
