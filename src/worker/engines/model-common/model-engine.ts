import type { EngineRef } from "../../../contract/common.ts";
import { AppError } from "../../../errors/app-error.ts";
import type { Engine, EngineProgress } from "../engine.ts";
import { askModel, type LoadedModel, thinkModel } from "./asking.ts";
import { type Canary, textCanary, visionCanary } from "./canary.ts";
import { createOngoing } from "./ongoing.ts";

/** What is particular to a kind of model server. */
export interface ModelServer {
  readonly ref: EngineRef;
  /** True for pools that look at slides: the model must have vision, and proves it by a picture. */
  readonly sees: boolean;
  readonly slots: number;
  /** Proves server and model, and brings it into memory. */
  boot(onProgress: (progress: EngineProgress) => void, signal: AbortSignal): Promise<LoadedModel>;
  healthy(): Promise<{ ok: boolean; detail: string | null }>;
  /** Another, weaker way to ask for JSON, tried when the canary's answer is none; false: there is none. */
  weaken?(): boolean;
  /** After the last call has ended. */
  release(): Promise<void>;
}

/** An engine on a model server: loading ends with a canary, and closing ends every call. */
export function createModelEngine(server: ModelServer): Engine {
  const { sees } = server;
  const ongoing = createOngoing();
  let loaded: LoadedModel | null = null;
  let closed: Promise<void> | null = null;

  const ready = (): LoadedModel => {
    if (loaded === null) throw new AppError("MODEL_LOAD_FAILED", "It was asked before its load.");
    return loaded;
  };
  const close = async (): Promise<void> => {
    await ongoing.close(new AppError("DRAINING", "The engine is closed."));
    await server.release();
  };
  return {
    ref: server.ref,
    slots: server.slots,
    load: (onProgress, signal) =>
      ongoing.run(signal, async (either) => {
        const booted = await server.boot(onProgress, either);
        onProgress({
          phase: "canary",
          note: sees ? "reading a known picture" : "a known question",
        });
        await prove(server, booted, sees ? await visionCanary() : textCanary(), either);
        loaded = booted;
      }),
    see: (request, signal) =>
      ongoing.run(signal, async (either) => {
        if (!sees) throw new AppError("MODEL_NOT_VISION", "This container only reads text.");
        const { prompt, schema } = request;
        return askModel(ready(), { prompt, schema, picture: request }, either);
      }),
    think: (request, signal) =>
      ongoing.run(signal, async (either) => thinkModel(ready(), request, either)),
    digest: () => loaded?.digest ?? null,
    healthy: () => server.healthy(),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** Some servers pass over what they are asked for instead of refusing it. */
async function prove(
  server: ModelServer,
  loaded: LoadedModel,
  canary: Canary,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      const answer = await askModel(loaded, canary, signal);
      canary.check(answer.value);
      return;
    } catch (error) {
      const isShapeless = error instanceof AppError && error.code === "MODEL_OUTPUT_INVALID";
      if (!isShapeless || server.weaken?.() !== true) throw error;
    }
  }
}
