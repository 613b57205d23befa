import { describe, expect, it } from "vitest";
import { createEngine, type EngineSettings } from "./choose.ts";
import type { ParentChannel } from "./model-common/parent-slots.ts";

const settings: EngineSettings = {
  engine: "ollama",
  model: "llava:13b",
  ollamaHost: "127.0.0.1:11434",
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
    const extractive = createEngine({ ...settings, engine: "extractive", model: null }, orphan);
    expect(extractive.ref).toEqual({ name: "extractive", model: null });
    await Promise.all([ollama.close(), extractive.close()]);
  });

  it.each([
    ["without a model", { model: null }],
    ["that is not built in", { engine: "openai" as const }],
    ["that asks a parent where there is none", { modelSlots: "parent" as const }],
    ["whose server has no address", { ollamaHost: "gpu box" }],
  ])("is refused %s", (_, wrong) => {
    expect(() => createEngine({ ...settings, ...wrong }, orphan)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
