import { AppError } from "../../errors/app-error.ts";
import type { Engine } from "./engine.ts";
import { createExtractiveEngine } from "./extractive/engine.ts";
import { createParentSlots, type ParentChannel } from "./model-common/parent-slots.ts";
import { createOllamaEngine } from "./ollama/engine.ts";
import { createOpenaiEngine, type OpenaiOptions } from "./openai/engine.ts";

/** The part of a container's start parameters that decides who reads. */
export interface EngineSettings {
  readonly engine: "extractive" | "ollama" | "openai";
  readonly model: string | null;
  readonly ollamaHost: string;
  readonly openaiUrl: string | null;
  readonly openaiApiKey: string | null;
  /** Prompt and answer together; null: what suits the pool and the server. */
  readonly contextTokens: number | null;
  readonly pool: "vision" | "text" | "shared" | "dedicated";
  readonly slots: number;
  /** `parent`: the process that started this one says when the model may be called. */
  readonly modelSlots: "own" | "parent";
  /** The model must lie wholly in GPU memory. */
  readonly requireGpu: boolean;
}

/**
 * The engine these settings name, not loaded yet. `parent`: the channel to whoever started this
 * process. Throws CONFIG_INVALID.
 */
export function createEngine(settings: EngineSettings, parent: ParentChannel): Engine {
  const sees = settings.pool !== "text";
  if (settings.engine === "extractive") {
    return createExtractiveEngine({ sees, thinks: settings.pool !== "vision" });
  }
  const { model, slots, contextTokens } = settings;
  if (model === null) {
    throw new AppError(
      "CONFIG_INVALID",
      `PILOTLIGHT_MODEL: needed by the engine ${settings.engine}.`,
    );
  }
  const common = {
    ...{ model, sees, slots, ...callSlotsOf(settings, parent) },
    // On a rented machine the server starts beside us, and some listen only once their model is loaded.
    ...(settings.requireGpu ? { serverTries: serverTriesBeside } : {}),
  };
  if (settings.engine === "openai") return openaiEngine(settings, { ...common, contextTokens });
  return createOllamaEngine({
    ...common,
    host: settings.ollamaHost,
    pull: true,
    requireGpu: settings.requireGpu,
    ...(contextTokens === null ? {} : { contextTokens }),
  });
}

/** A second apart; whoever ordered the machine gives up earlier where that is too long. */
const serverTriesBeside = 900;

function openaiEngine(
  { openaiUrl, openaiApiKey }: EngineSettings,
  common: Omit<OpenaiOptions, "url" | "apiKey">,
): Engine {
  if (openaiUrl === null) {
    throw new AppError("CONFIG_INVALID", "PILOTLIGHT_OPENAI_URL: needed by the engine openai.");
  }
  return createOpenaiEngine({ ...common, url: openaiUrl, apiKey: openaiApiKey });
}

function callSlotsOf({ modelSlots, slots }: EngineSettings, parent: ParentChannel) {
  if (modelSlots === "own") return {};
  if (!parent.connected) {
    throw new AppError("CONFIG_INVALID", "PILOTLIGHT_MODEL_SLOTS: no parent is there to ask.");
  }
  return { callSlots: createParentSlots(parent, slots) };
}
