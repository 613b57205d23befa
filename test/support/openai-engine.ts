import { createOpenaiEngine, type OpenaiOptions } from "../../src/worker/engines/openai/engine.ts";
import { type OpenaiDoubleOptions, type OpenaiFaults, startOpenaiDouble } from "./openai-double.ts";

/** A double with an engine on it. Pauses cost no time and are written down. */
export async function startOpenaiEngine(
  doubleOptions: OpenaiDoubleOptions = {},
  engineOptions: Partial<OpenaiOptions> = {},
) {
  const double = await startOpenaiDouble(doubleOptions);
  const pauses: number[] = [];
  const engine = createOpenaiEngine({
    url: double.url,
    apiKey: null,
    model: "test-model",
    sees: true,
    slots: 2,
    serverTries: 1,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      pauses.push(ms);
    },
    ...engineOptions,
  });
  return {
    double,
    engine,
    pauses,
    async stop(): Promise<void> {
      await engine.close();
      await double.stop();
    },
  };
}

/** Loads it, then switches the faults on: what a model does after a good start. */
export async function startOpenaiReady(
  faults: OpenaiFaults = {},
  doubleOptions: OpenaiDoubleOptions = {},
  engineOptions: Partial<OpenaiOptions> = {},
) {
  const started = await startOpenaiEngine(doubleOptions, engineOptions);
  await started.engine.load(() => undefined, new AbortController().signal);
  Object.assign(started.double.faults, faults);
  Object.assign(started.double.calls, { questions: 0, refused: 0, peak: 0, hungUp: 0, bodies: [] });
  return started;
}
