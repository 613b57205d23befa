import { AppError } from "../../errors/app-error.ts";
import type { Engine } from "./engine.ts";
import { createExtractiveEngine } from "./extractive/engine.ts";
import { createOllamaEngine } from "./ollama/engine.ts";

/** The part of a container's start parameters that decides who reads. */
export interface EngineSettings {
  readonly engine: "extractive" | "ollama" | "openai";
  readonly model: string | null;
  readonly ollamaHost: string;
  readonly pool: "vision" | "text" | "shared" | "dedicated";
  readonly slots: number;
  /** Name of the GPU, when the container was given one: then the model must lie in its memory. */
  readonly gpu: string | null;
}

/** The engine these settings name, not loaded yet. Throws CONFIG_INVALID. */
export function createEngine(settings: EngineSettings): Engine {
  if (settings.engine === "extractive") return createExtractiveEngine();
  if (settings.engine !== "ollama") {
    throw new AppError("CONFIG_INVALID", `PILOTLIGHT_ENGINE: ${settings.engine} is not built in.`);
  }
  if (settings.model === null) {
    throw new AppError("CONFIG_INVALID", "PILOTLIGHT_MODEL: needed by the engine ollama.");
  }
  return createOllamaEngine({
    host: settings.ollamaHost,
    model: settings.model,
    sees: settings.pool !== "text",
    slots: settings.slots,
    pull: true,
    requireGpu: settings.gpu !== null,
  });
}
