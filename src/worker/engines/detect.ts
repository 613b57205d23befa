import { firstModels, type PackModels } from "../../packs/pack.ts";
import { detectOllama } from "./ollama/detect.ts";

/** Who will read, with which models, and the sentence that says why. */
export interface EngineChoice {
  readonly name: "extractive" | "ollama";
  readonly url: string | null;
  readonly models: { readonly vision: string | null; readonly text: string | null };
  readonly reason: string;
}

export interface EngineWishes {
  readonly engine: "auto" | "extractive" | "ollama";
  readonly ollamaHost: string;
  readonly models: { readonly vision: string | null; readonly text: string | null };
  /** Each setting with where it came from: a host somebody named counts for more than the default. */
  readonly settings: readonly { readonly key: string; readonly origin: string }[];
}

const builtIn = (reason: string): EngineChoice => ({
  name: "extractive",
  url: null,
  models: { vision: null, text: null },
  reason,
});

/**
 * A model server that somebody named is used when it answers, and missing models are pulled; the
 * default address is used only when it already has the pack's models; otherwise the built-in engine
 * reads. Never throws.
 */
export async function chooseEngine(
  wishes: EngineWishes,
  packModels: PackModels,
): Promise<EngineChoice> {
  if (wishes.engine === "extractive") return builtIn("the configuration asks for it");
  const first = firstModels(packModels, "ollama");
  const vision = wishes.models.vision ?? first.vision;
  const text = wishes.models.text ?? first.text;
  if (vision === null || text === null) return builtIn("the pack names no models for Ollama");
  const named = wishes.settings.some((one) => one.key === "ollamaHost" && one.origin !== "default");
  const wanted = wishes.engine === "ollama" || named;
  const seen = await detectOllama({
    host: wishes.ollamaHost,
    models: wanted ? [] : [vision, text],
    timeoutMs: wanted ? 3000 : 500,
  });
  const models = { vision, text };
  if (seen.ok)
    return { name: "ollama", url: seen.url, models, reason: `Ollama answers at ${seen.url}` };
  if (wishes.engine === "ollama") {
    // Asked for by name: its containers wait for it and say so, rather than another one reading.
    return {
      name: "ollama",
      url: wishes.ollamaHost,
      models,
      reason: `asked for, but: ${seen.reason}`,
    };
  }
  return builtIn(seen.reason);
}
