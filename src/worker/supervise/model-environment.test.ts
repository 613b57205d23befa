import { describe, expect, it } from "vitest";
import { wordsOf } from "./command-line.ts";
import { modelEnvironment, ownHost } from "./model-environment.ts";

describe("the environment of a model server of our own", () => {
  it("has a place for each task, one model for ever, and keeps to this machine", () => {
    const env = { PATH: "/bin", OLLAMA_HOST: "0.0.0.0:8000", OLLAMA_NUM_PARALLEL: "1" };
    expect(modelEnvironment(env, { slots: 3, host: "127.0.0.1:8000" })).toEqual({
      PATH: "/bin",
      OLLAMA_HOST: "127.0.0.1:8000",
      OLLAMA_NUM_PARALLEL: "3",
      OLLAMA_KEEP_ALIVE: "-1",
      OLLAMA_MAX_LOADED_MODELS: "1",
      OLLAMA_NO_CLOUD: "1",
    });
  });

  it("gets no token, and hands a given context length on", () => {
    const env = {
      PILOTLIGHT_REGISTRATION_TOKEN: "secret",
      PILOTLIGHT_CONTAINER_TOKEN: "secret too",
      NODE_CHANNEL_FD: "3",
      OLLAMA_CONTEXT_LENGTH: "16384",
    };
    const given = modelEnvironment(env, { slots: 1, host: "127.0.0.1:11434" });
    expect(given.OLLAMA_CONTEXT_LENGTH).toBe("16384");
    expect(Object.keys(given).filter((name) => /^(PILOTLIGHT|NODE)/.test(name))).toEqual([]);
  });

  it("prunes nothing where the folder of models is named, because others may use it", () => {
    const given = modelEnvironment({ OLLAMA_MODELS: "/models" }, { slots: 1, host: "x" });
    expect(given).toMatchObject({ OLLAMA_MODELS: "/models", OLLAMA_NOPRUNE: "1" });
  });

  it.each([
    ["127.0.0.1:11434", "127.0.0.1:11434"],
    ["0.0.0.0:8000", "127.0.0.1:8000"],
    ["gpu.example", "127.0.0.1:11434"],
    ["http://0.0.0.0:80", "127.0.0.1:80"],
  ])("listens for OLLAMA_HOST=%s on %s", (host, own) => {
    expect(ownHost(host)).toBe(own);
  });
});

describe("a command line", () => {
  it.each([
    ["ollama serve", ["ollama", "serve"]],
    ["  /bin/ollama   serve ", ["/bin/ollama", "serve"]],
    [`node "/opt/my server.mjs" --name='a b'c`, ["node", "/opt/my server.mjs", "--name=a bc"]],
  ])("%s has these words", (line, words) => {
    expect(wordsOf(line)).toEqual(words);
  });

  it.each(["", "   ", `ollama "serve`])("%o is refused", (line) => {
    expect(() => wordsOf(line)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
