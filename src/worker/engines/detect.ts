import type { ModelEngine, PackModels } from "../../packs/pack.ts";
import { type ChosenModel, chooseModel } from "./choose-model.ts";
import { detectOllama } from "./ollama/detect.ts";
import { detectOpenai } from "./openai/detect.ts";

/** Who will read, with which models, and the sentence that says why. */
export interface EngineChoice {
  readonly name: "extractive" | ModelEngine;
  readonly url: string | null;
  readonly models: { readonly vision: string | null; readonly text: string | null };
  readonly reason: string;
  /** How the model of each stage was chosen; empty for the built-in engine. */
  readonly stages: Readonly<Partial<Record<"vision" | "text", ChosenModel>>>;
}

export interface EngineWishes {
  readonly engine: "auto" | "extractive" | ModelEngine;
  readonly ollamaHost: string;
  readonly openaiUrl: string | null;
  readonly openaiApiKey: string | null;
  readonly models: { readonly vision: string | null; readonly text: string | null };
  /** GPU memory of this machine, in GB. */
  readonly fleet: { readonly vramGb: number | null };
  /** Each setting with where it came from: a host somebody named counts for more than the default. */
  readonly settings: readonly { readonly key: string; readonly origin: string }[];
}

/** What is known of a model server. */
type Seen =
  | { readonly ok: true; readonly url: string; readonly served: readonly string[] }
  | { readonly ok: false; readonly reason: string };

const builtIn = (reason: string): EngineChoice => ({
  name: "extractive",
  url: null,
  models: { vision: null, text: null },
  reason,
  stages: {},
});

/**
 * A model server that somebody named is used when it answers, and missing models are pulled where the
 * server can; the default address of Ollama is used only when it already has models of the pack;
 * otherwise the built-in engine reads. An OpenAI-compatible server comes before Ollama, because only
 * somebody who wants it names one. Never throws.
 */
export async function chooseEngine(
  wishes: EngineWishes,
  packModels: PackModels,
): Promise<EngineChoice> {
  if (wishes.engine === "extractive") return builtIn("the configuration asks for it");
  const reasons: string[] = [];
  if (wishes.engine === "openai" || (wishes.engine === "auto" && wishes.openaiUrl !== null)) {
    const choice = await chooseOpenai(wishes, packModels);
    if (choice.name === "openai" || wishes.engine === "openai") return choice;
    reasons.push(choice.reason);
  }
  const choice = await chooseOllama(wishes, packModels);
  return { ...choice, reason: [...reasons, choice.reason].join("; ") };
}

async function chooseOpenai(wishes: EngineWishes, packModels: PackModels): Promise<EngineChoice> {
  const seen: Seen =
    wishes.openaiUrl === null
      ? { ok: false, reason: "openaiUrl is not set" }
      : await detectOpenai({
          url: wishes.openaiUrl,
          apiKey: wishes.openaiApiKey,
          timeoutMs: 3000,
        });
  return concluded(wishes, packModels, {
    engine: "openai",
    seen,
    url: wishes.openaiUrl,
    mayPull: false,
    isAskedFor: wishes.engine === "openai",
  });
}

async function chooseOllama(wishes: EngineWishes, packModels: PackModels): Promise<EngineChoice> {
  const named = wishes.settings.some((one) => one.key === "ollamaHost" && one.origin !== "default");
  const wanted = wishes.engine === "ollama" || named;
  const seen = await detectOllama({ host: wishes.ollamaHost, timeoutMs: wanted ? 3000 : 500 });
  return concluded(wishes, packModels, {
    engine: "ollama",
    seen,
    url: wishes.ollamaHost,
    mayPull: wanted,
    isAskedFor: wishes.engine === "ollama",
  });
}

interface Found {
  readonly engine: ModelEngine;
  readonly seen: Seen;
  /** Where it was looked for. */
  readonly url: string | null;
  readonly mayPull: boolean;
  /** Asked for by name: its containers wait until it answers, rather than another one reading. */
  readonly isAskedFor: boolean;
}

function concluded(wishes: EngineWishes, packModels: PackModels, found: Found): EngineChoice {
  const { engine, seen, isAskedFor } = found;
  const stages = stagesOf(wishes, packModels, found, seen.ok ? seen.served : null);
  const models = { vision: stages.vision.name, text: stages.text.name };
  const missing = Object.values(stages).find(({ name }) => name === null);
  const label = engine === "ollama" ? "Ollama" : "an OpenAI-compatible server";
  const problem = seen.ok ? missing && `${label} at ${seen.url}: ${missing.why}` : seen.reason;
  if (problem === undefined && seen.ok) {
    return {
      name: engine,
      url: seen.url,
      models,
      reason: `${label} answers at ${seen.url}`,
      stages,
    };
  }
  if (!isAskedFor) return builtIn(problem ?? "");
  if (missing !== undefined) return builtIn(`asked for ${engine}, but: ${problem}`);
  return { name: engine, url: found.url, models, reason: `asked for, but: ${problem}`, stages };
}

/** A stage's model for an engine whose server nobody can ask: it comes with the rented machine. */
export function modelsUnseen(
  wishes: Pick<EngineWishes, "models">,
  packModels: PackModels,
  engine: ModelEngine,
  vramGb: number | null,
): Required<EngineChoice["stages"]> {
  const parts = { engine, mayPull: true, vramGib: gibOf(vramGb), served: [] };
  return {
    vision: chooseModel({ ...parts, configured: wishes.models.vision, stage: packModels.vision }),
    text: chooseModel({ ...parts, configured: wishes.models.text, stage: packModels.text }),
  };
}

function stagesOf(
  wishes: EngineWishes,
  packModels: PackModels,
  { engine, mayPull }: Found,
  served: readonly string[] | null,
): Required<EngineChoice["stages"]> {
  // Memory of this machine says nothing about a server that is somewhere else.
  const vramGib = engine === "ollama" ? gibOf(wishes.fleet.vramGb) : null;
  const parts = { engine, mayPull, vramGib, served };
  return {
    vision: chooseModel({ ...parts, configured: wishes.models.vision, stage: packModels.vision }),
    text: chooseModel({ ...parts, configured: wishes.models.text, stage: packModels.text }),
  };
}

/** GPU makers and price lists count in billions of bytes or near it, models in powers of two. */
const gibOf = (vramGb: number | null): number | null =>
  vramGb === null ? null : (vramGb * 1e9) / 2 ** 30;
