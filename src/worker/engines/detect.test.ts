import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startOllamaDouble } from "../../../test/support/ollama-double.ts";
import { startOpenaiDouble } from "../../../test/support/openai-double.ts";
import { builtInPacksDir, readPack } from "../../packs/read-pack.ts";
import { chooseEngine, type EngineWishes } from "./detect.ts";

const pack = await readPack(join(builtInPacksDir(), "pitch-deck"));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function nobody(): Promise<string> {
  const { url, stop } = await startOllamaDouble();
  await stop();
  return url;
}

async function wishesOf(given: Partial<EngineWishes>): Promise<EngineWishes> {
  return {
    engine: "auto",
    ollamaHost: await nobody(),
    openaiUrl: null,
    openaiApiKey: null,
    models: { vision: null, text: null },
    fleet: { vramGb: null },
    settings: [{ key: "ollamaHost", origin: "default" }],
    ...given,
  };
}

const choose = async (given: Partial<EngineWishes>) =>
  chooseEngine(await wishesOf(given), pack.models);

async function ollama(...names: string[]) {
  const model = { capabilities: ["completion", "vision"], contextLength: 8192, bytes: 1e9 };
  const double = await startOllamaDouble({ models: names.map((name) => ({ ...model, name })) });
  stops.push(double.stop);
  return double.url;
}

async function openai(given: Parameters<typeof startOpenaiDouble>[0] = {}) {
  const double = await startOpenaiDouble(given);
  stops.push(double.stop);
  return double.url;
}

describe("who reads", () => {
  it("is the built-in engine where no server answers", async () => {
    expect(await choose({})).toMatchObject({
      name: "extractive",
      reason: expect.stringContaining("no Ollama answers"),
    });
  });

  it("is Ollama at its default address with the candidates it has", async () => {
    const ollamaHost = await ollama("gemma3:12b", "other:1b");
    expect(await choose({ ollamaHost })).toMatchObject({
      name: "ollama",
      models: { vision: "gemma3:12b", text: "gemma3:12b" },
      stages: { text: { why: "there; gemma3:27b is not there" } },
    });
  });

  it("is not Ollama at its default address without one", async () => {
    const choice = await choose({ ollamaHost: await ollama("other:1b") });
    expect(choice).toMatchObject({
      name: "extractive",
      reason: expect.stringContaining("llava:13b is not there"),
    });
  });

  it("is Ollama that somebody named, with what fits the memory, to be pulled", async () => {
    const given = {
      ollamaHost: await ollama("other:1b"),
      settings: [{ key: "ollamaHost", origin: "OLLAMA_HOST" }],
      fleet: { vramGb: 12 },
    };
    expect(await choose(given)).toMatchObject({
      name: "ollama",
      models: { vision: "llava:13b", text: "gemma3:12b" },
      stages: { text: { why: "will be pulled; gemma3:27b needs 20 GiB of 11.1" } },
    });
  });

  it("is the OpenAI-compatible server that somebody named, with its only model", async () => {
    const openaiUrl = await openai({ models: ["local.gguf"], apiKey: "sk-1" });
    expect(await choose({ openaiUrl, openaiApiKey: "sk-1" })).toMatchObject({
      name: "openai",
      url: `${openaiUrl}/v1`,
      models: { vision: "local.gguf", text: "local.gguf" },
    });
    const refused = await choose({ openaiUrl, openaiApiKey: "sk-2" });
    expect(refused).toMatchObject({
      name: "extractive",
      reason: expect.stringMatching(/refuses the key.*; no Ollama answers/),
    });
  });

  it("is the one asked for by name even when it does not answer yet", async () => {
    const openaiUrl = await nobody();
    expect(await choose({ engine: "openai", openaiUrl })).toMatchObject({
      name: "openai",
      url: openaiUrl,
      reason: expect.stringContaining("asked for, but: no OpenAI-compatible server answers"),
    });
    expect(await choose({ engine: "ollama" })).toMatchObject({
      name: "ollama",
      models: { vision: "llava:13b", text: "gemma3:27b" },
    });
  });

  it("is nobody else's server when the one asked for has no model of the pack", async () => {
    const openaiUrl = await openai({ models: ["a", "b"] });
    expect(await choose({ engine: "openai", openaiUrl })).toMatchObject({
      name: "extractive",
      reason: expect.stringContaining("asked for openai, but:"),
    });
  });
});
