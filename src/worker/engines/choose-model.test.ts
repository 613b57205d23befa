import { describe, expect, it } from "vitest";
import type { ModelCandidate, StageModels } from "../../packs/pack.ts";
import { chooseModel, type ModelWish } from "./choose-model.ts";

const candidate = (name: string, vramGib: number | null, given: Partial<ModelCandidate> = {}) => ({
  ...{ engine: "ollama" as const, name, quantisation: "q4_K_M", vramGib, contextTokens: null },
  ...given,
});
const stage: StageModels = {
  needs: { vision: false, contextTokens: 4_096 },
  candidates: [
    candidate("gemma3:27b", 20),
    candidate("mystery:7b", null),
    candidate("gemma3:4b", 5),
    candidate("org/large", 60, { engine: "openai", quantisation: null }),
  ],
};
const wish: ModelWish = {
  ...{ engine: "ollama", configured: null, stage, served: [], mayPull: false, vramGib: null },
};
const choose = (given: Partial<ModelWish>) => chooseModel({ ...wish, ...given });

describe("the model of a stage", () => {
  it("is the first that the server has", () => {
    expect(choose({ served: ["gemma3:4b", "gemma3:27b"] })).toEqual({
      ...{ name: "gemma3:27b", quantisation: "q4_K_M", vramGib: 20 },
      why: "there; the pack's first choice",
    });
    expect(choose({ served: ["gemma3:4b"] })).toMatchObject({
      name: "gemma3:4b",
      why: "there; gemma3:27b is not there; mystery:7b is not there",
    });
  });

  it("is the first at all where it may be pulled", () => {
    expect(choose({ served: ["gemma3:4b"], mayPull: true })).toMatchObject({
      name: "gemma3:27b",
      why: "will be pulled; the pack's first choice",
    });
  });

  it("fits the GPU memory given; what is not known is not ruled out", () => {
    expect(choose({ mayPull: true, vramGib: 14.9 })).toMatchObject({
      name: "mystery:7b",
      why: "will be pulled; gemma3:27b needs 20 GiB of 14.9",
    });
    const served = ["gemma3:27b", "gemma3:4b"];
    expect(choose({ served, vramGib: 6 }).name).toBe("gemma3:4b");
    expect(choose({ served, vramGib: 2 })).toMatchObject({
      name: null,
      why: expect.stringContaining("gemma3:4b needs 5 GiB of 2"),
    });
  });

  it("is the one the configuration names, whatever speaks against it", () => {
    expect(choose({ configured: "gemma3:27b", vramGib: 2 })).toMatchObject({
      ...{ name: "gemma3:27b", vramGib: 20, why: "named by the configuration" },
    });
    expect(choose({ configured: "own:1b" })).toMatchObject({ name: "own:1b", vramGib: null });
  });

  it("is the only one an OpenAI-compatible server has", () => {
    const openai = { engine: "openai" as const };
    expect(choose({ ...openai, served: ["org/large", "b"] }).name).toBe("org/large");
    expect(choose({ ...openai, served: ["local.gguf"] })).toMatchObject({
      name: "local.gguf",
      why: "the only model the server has",
    });
    expect(choose({ ...openai, served: ["a", "b"] }).name).toBeNull();
  });

  it("is none where the pack names none", () => {
    expect(choose({ stage: undefined })).toMatchObject({
      name: null,
      why: "the pack names no model for ollama",
    });
  });
});
