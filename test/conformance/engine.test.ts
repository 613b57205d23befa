import { createExtractiveEngine } from "../../src/worker/engines/extractive/engine.ts";
import { createOpenaiEngine } from "../../src/worker/engines/openai/engine.ts";
import { hasLlama, llamaModelFile, startLlama } from "../support/llama.ts";
import { startEngine } from "../support/ollama-engine.ts";
import { startOpenaiEngine } from "../support/openai-engine.ts";
import { engineConformance } from "./engine.ts";

engineConformance("extractive", {
  readsSchemas: false,
  isUnbounded: true,
  async start() {
    const engine = createExtractiveEngine({ sees: false });
    return { engine, stop: () => engine.close() };
  },
});

const small = { sees: false, contextTokens: 900, outputTokens: 300 };

engineConformance("ollama", {
  readsSchemas: true,
  isUnbounded: false,
  start: () => startEngine({}, small),
});

engineConformance("openai", {
  readsSchemas: true,
  isUnbounded: false,
  start: () => startOpenaiEngine({ contextTokens: 900 }, small),
});

engineConformance(
  "openai on llama.cpp (needs npm run test:llama, and the model in ../shared)",
  {
    readsSchemas: true,
    isUnbounded: false,
    async start() {
      const server = await startLlama({ contextTokens: 2_000 });
      const engine = createOpenaiEngine({
        ...{ url: server.url, apiKey: null, model: llamaModelFile },
        ...{ sees: false, slots: 1, outputTokens: 300 },
      });
      return {
        engine,
        async stop() {
          await engine.close();
          await server.stop();
        },
      };
    },
  },
  !hasLlama,
);
