import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import type { Readers } from "../../eval/read-deck.ts";
import type { Pack } from "../../packs/pack.ts";
import { builtInPacksDir, readPack } from "../../packs/read-pack.ts";
import { createEngine, type EngineSettings } from "../../worker/engines/choose.ts";
import { modelsUnseen } from "../../worker/engines/detect.ts";
import type { Engine } from "../../worker/engines/engine.ts";
import { type Context, configOf } from "../context.ts";

export interface CandidateOptions {
  readonly engine: string;
  readonly model?: string | undefined;
  readonly pack: string;
}

type EngineName = EngineSettings["engine"];
const engineNames: readonly EngineName[] = ["extractive", "ollama", "openai"];

/** One thing to be measured: an engine with its models, and a pack. */
export interface Candidate {
  readonly label: string;
  readonly engine: EngineName;
  readonly models: { readonly vision: string | null; readonly text: string | null };
  readonly pack: Pack;
}

/** `--engine`, `--model` and `--pack`, each by commas, as all their combinations. Throws USAGE, PACK_NOT_FOUND, PACK_INVALID. */
export async function candidatesOf(
  context: Context,
  { engine, model, pack }: CandidateOptions,
): Promise<Candidate[]> {
  const packs = await Promise.all(wordsOf(pack).map((name) => packOf(context, name)));
  const engines = wordsOf(engine).map(engineOf);
  const models = model === undefined ? [null] : wordsOf(model);
  return packs.flatMap((one) =>
    engines.flatMap((name) =>
      (name === "extractive" ? [null] : models).map((given) => candidateOf(name, given, one)),
    ),
  );
}

const wordsOf = (list: string): string[] =>
  list.split(",").flatMap((word) => (word.trim() === "" ? [] : [word.trim()]));

function engineOf(name: string): EngineName {
  const found = engineNames.find((one) => one === name);
  if (found !== undefined) return found;
  throw new AppError("USAGE", `--engine must be among ${engineNames.join(", ")}, not "${name}"`);
}

/** A folder, or the name of a built-in pack with the version it must have: `pitch-deck@1`. */
async function packOf({ cwd }: Context, given: string): Promise<Pack> {
  const isFolder = await stat(resolve(cwd, given)).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder && /[./\\]/.test(given)) return await readPack(resolve(cwd, given));
  const [name = "", version] = given.split("@");
  const pack = await readPack(join(builtInPacksDir(), name));
  if (version === undefined || version === String(pack.version)) return pack;
  throw new AppError("PACK_NOT_FOUND", `${name} is here in version ${pack.version}.`);
}

function candidateOf(engine: EngineName, given: string | null, pack: Pack): Candidate {
  const models = modelsOf(engine, given, pack);
  const version = `${pack.name}@${pack.version} ${pack.contentHash.slice(0, 8)}`;
  const words = byRules(engine, models)
    ? ["extractive", models.text]
    : [models.vision, models.text];
  const names = [...new Set(words.filter((name) => name !== null))];
  return {
    label: [engine, names.join("+"), version].filter(Boolean).join(" "),
    engine,
    models,
    pack,
  };
}

/** Where a model stands in `vision+text`: the built-in engine reads the slides, and the model answers. */
const rules = "extractive";
const byRules = (engine: EngineName, { vision, text }: Candidate["models"]): boolean =>
  engine !== "extractive" && vision === null && text !== null;

function modelsOf(engine: EngineName, given: string | null, pack: Pack): Candidate["models"] {
  if (engine === "extractive") return { vision: null, text: null };
  if (given !== null) {
    const [vision = given, text = vision] = given.split("+");
    if (text === rules)
      throw new AppError("USAGE", `--model: ${rules} reads slides, as ${rules}+NAME`);
    return { vision: vision === rules ? null : vision, text };
  }
  const stages = modelsUnseen({ models: { vision: null, text: null } }, pack.models, engine, null);
  const models = { vision: stages.vision.name, text: stages.text.name };
  if (models.vision !== null || models.text !== null) return models;
  throw new AppError("USAGE", `${pack.name} names no models for ${engine}: give them with --model`);
}

/**
 * Engines of a candidate, loaded, an entry for each deck that is read at once. The built-in engine reads
 * one page at a time, so there is one each; a model server has slots, so all share it. Whoever gets
 * them closes them.
 */
export async function loadReaders(
  context: Context,
  candidate: Candidate,
  jobs: number,
): Promise<{ readonly readers: Readers[]; readonly close: () => Promise<void> }> {
  const settings = await settingsOf(context, candidate);
  const engines: Engine[] = [];
  const create: Create = (pool, model, name) => {
    // Nobody is above this process: its slots are its own.
    const engine = createEngine(settings(pool, model, jobs, name), process);
    engines.push(engine);
    return engine;
  };
  const readers = readersOf(candidate, jobs, create);
  const close = async (): Promise<void> => {
    await Promise.all(engines.map((engine) => engine.close()));
  };
  try {
    const say = context.flags.verbose ? context.output.say : () => undefined;
    for (const engine of engines) {
      await engine.load(
        ({ phase, note }) => say(`${phase}: ${note ?? ""}`),
        context.interrupt.signal,
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { readers, close };
}

type Create = (pool: EngineSettings["pool"], model: string | null, name?: EngineName) => Engine;

function readersOf(candidate: Candidate, jobs: number, create: Create): Readers[] {
  const { engine, models } = candidate;
  const { vision, text } = models;
  if (byRules(engine, models)) {
    const thinker = create("text", text);
    return Array.from({ length: jobs }, () => ({
      vision: create("vision", null, "extractive"),
      text: thinker,
    }));
  }
  const both = (): Readers => {
    const one = create("shared", vision);
    return { vision: one, text: one };
  };
  if (engine === "extractive") return Array.from({ length: jobs }, both);
  const shared =
    vision === text ? both() : { vision: create("vision", vision), text: create("text", text) };
  return Array.from({ length: jobs }, () => shared);
}

async function settingsOf(
  context: Context,
  { engine }: Candidate,
): Promise<
  (
    pool: EngineSettings["pool"],
    model: string | null,
    slots: number,
    name?: EngineName,
  ) => EngineSettings
> {
  const { ollamaHost, openaiUrl, openaiApiKey } = await configOf(context);
  return (pool, model, slots, name = engine) => ({
    ...{ engine: name, model, ollamaHost, openaiUrl, openaiApiKey, pool, slots },
    contextTokens: null,
    modelSlots: "own",
    requireGpu: false,
  });
}
