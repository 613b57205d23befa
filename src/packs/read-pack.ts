import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../errors/app-error.ts";
import { type PackCalibration, readCalibration } from "./calibration.ts";
import { checkGraph } from "./check-graph.ts";
import { checkPrompts } from "./check-prompts.ts";
import { checkSchema, schemaLanguage } from "./check-schema.ts";
import { checkTemplates } from "./check-templates.ts";
import { contentHashOf } from "./content-hash.ts";
import { checkFields, fieldSetSchema } from "./fields.ts";
import {
  type Manifest,
  type ManifestStage,
  type ManifestTask,
  manifestSchema,
  templateSchema,
} from "./manifest.ts";
import type {
  JsonObject,
  Pack,
  PackFieldSet,
  PackTask,
  PackTemplate,
  StageModels,
} from "./pack.ts";
import {
  folderSource,
  type PackFiles,
  type PackReading,
  type PackSource,
  parseJson,
  parseYaml,
  readText,
} from "./pack-files.ts";
import { Problems } from "./problems.ts";
import { checkSteps, stepOf, topicOf } from "./steps.ts";

/** The folder `packs/` beside `src/` and `dist/`. */
export const builtInPacksDir = (): string => fileURLToPath(new URL("../../packs", import.meta.url));

/**
 * Reads a pack's folder and checks all of it. Throws PACK_NOT_FOUND when there is no such folder,
 * PACK_INVALID with everything found wrong, one `file: key: sentence` a line.
 */
export async function readPack(folder: string): Promise<Pack> {
  return (await readPackFolder(folder)).pack;
}

/** A pack with the text of its files, which keeps what its content does not: comments and layout. */
export interface ReadPack {
  readonly pack: Pack;
  readonly files: PackFiles;
}

export async function readPackFolder(folder: string): Promise<ReadPack> {
  const isFolder = await stat(folder)
    .then((found) => found.isDirectory())
    .catch(() => false);
  if (!isFolder) throw new AppError("PACK_NOT_FOUND", `No folder ${basename(folder)}.`);
  return await readPackFrom(folderSource(folder));
}

/** Throws PACK_INVALID as `readPack` does. */
export async function readPackFrom(source: PackSource): Promise<ReadPack> {
  const folder: PackReading = { source, files: new Map() };
  const problems = new Problems();
  const manifest = await readManifest(folder, problems);
  checkGraph(manifest.tasks, problems);
  checkSteps(manifest.tasks, problems);
  const prompts = await readPrompts(folder, manifest, problems);
  const schemas = await readSchemas(folder, manifest, problems);
  const templates = await readTemplates(folder, manifest, problems);
  const fields = await readFields(folder, manifest, problems);
  const calibration = await readCalibration(folder, problems);
  problems.throwIfAny();
  const pack = packOf(manifest, prompts, schemas, templates, fields, calibration);
  return { pack, files: Object.fromEntries(folder.files) };
}

/** Without a manifest nothing else can be judged, so this throws at once. */
async function readManifest(folder: PackReading, problems: Problems): Promise<Manifest> {
  const file = "pack.yaml";
  const text = (await readText(folder, file, problems)) ?? "";
  problems.throwIfAny();
  const value = parseYaml(file, text, problems);
  problems.throwIfAny();
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  problems.addIssues(file, manifestSchema, parsed.error.issues);
  problems.throwIfAny();
  throw parsed.error;
}

async function readPrompts(
  folder: PackReading,
  manifest: Manifest,
  problems: Problems,
): Promise<Map<string, string>> {
  const prompts = new Map<string, string>();
  for (const [name, askedBy] of askedFor(manifest, (task) => task.prompts, "prompts")) {
    const text = await readText(folder, `prompts/${name}.md`, problems, askedBy);
    if (text !== undefined) prompts.set(name, text);
  }
  for (const task of manifest.tasks) checkPrompts(task, prompts, problems);
  return prompts;
}

async function readSchemas(
  folder: PackReading,
  manifest: Manifest,
  problems: Problems,
): Promise<Map<string, JsonObject>> {
  const schemas = new Map<string, JsonObject>();
  const language = schemaLanguage();
  for (const [name, askedBy] of askedFor(manifest, (task) => task.schemas, "schemas")) {
    const file = `schemas/${name}.json`;
    const text = await readText(folder, file, problems, askedBy);
    const value = text === undefined ? undefined : parseJson(file, text, problems);
    if (value === undefined) continue;
    checkSchema(file, value, problems, language);
    schemas.set(name, value as JsonObject);
  }
  return schemas;
}

async function readTemplates(
  folder: PackReading,
  manifest: Manifest,
  problems: Problems,
): Promise<Map<string, PackTemplate>> {
  const templates = new Map<string, PackTemplate>();
  const asked = new Map([
    ...askedFor(manifest, (task) => task.templates, "templates"),
    ...askedFor(manifest, (task) => [task.template ?? []].flat(), "template"),
  ]);
  for (const [name, askedBy] of asked) {
    const file = `templates/${name}.yaml`;
    const text = await readText(folder, file, problems, askedBy);
    const value = text === undefined ? undefined : parseYaml(file, text, problems);
    if (value === undefined) continue;
    const parsed = templateSchema.safeParse(value);
    if (!parsed.success) {
      problems.addIssues(file, templateSchema, parsed.error.issues);
      continue;
    }
    checkTemplate(file, name, parsed.data, problems);
    templates.set(name, parsed.data);
  }
  for (const task of manifest.tasks) checkTemplates(task, templates, problems);
  return templates;
}

async function readFields(
  folder: PackReading,
  manifest: Manifest,
  problems: Problems,
): Promise<Map<string, PackFieldSet>> {
  const sets = new Map<string, PackFieldSet>();
  const asked = askedFor(manifest, (task) => [task.fields ?? []].flat(), "fields");
  for (const [name, askedBy] of asked) {
    const file = `fields/${name}.yaml`;
    const text = await readText(folder, file, problems, askedBy);
    const value = text === undefined ? undefined : parseYaml(file, text, problems);
    if (value === undefined) continue;
    const parsed = fieldSetSchema.safeParse(value);
    if (!parsed.success) {
      problems.addIssues(file, fieldSetSchema, parsed.error.issues);
      continue;
    }
    checkFields(file, name, parsed.data, problems);
    sets.set(name, parsed.data);
  }
  return sets;
}

function checkTemplate(
  file: string,
  name: string,
  template: PackTemplate,
  problems: Problems,
): void {
  if (template.name !== name) problems.add(file, "name", `must be ${name}, as the file is called`);
  const questions = template.chapters.flatMap((chapter) => chapter.questions);
  for (const things of [template.chapters, questions]) {
    const ids = things.map((thing) => thing.id);
    for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) < index))) {
      problems.add(file, id, "this id stands there twice");
    }
  }
}

/** Names that tasks ask for, each with the first key that asks. */
function askedFor(
  manifest: Manifest,
  namesOf: (task: ManifestTask) => readonly string[],
  key: string,
): Map<string, string> {
  const asked = new Map<string, string>();
  for (const [index, task] of manifest.tasks.entries()) {
    for (const name of namesOf(task)) {
      if (!asked.has(name)) asked.set(name, `tasks[${index}].${key}`);
    }
  }
  return asked;
}

function packOf(
  manifest: Manifest,
  prompts: ReadonlyMap<string, string>,
  schemas: ReadonlyMap<string, JsonObject>,
  templates: ReadonlyMap<string, PackTemplate>,
  fields: ReadonlyMap<string, PackFieldSet>,
  calibration: readonly PackCalibration[],
): Pack {
  const { vision, text } = manifest.models;
  const content = {
    name: manifest.name,
    title: manifest.title,
    limits: { slidesMax: manifest.limits.slides_max },
    models: {
      ...(vision === undefined ? {} : { vision: stageOf(vision) }),
      ...(text === undefined ? {} : { text: stageOf(text) }),
    },
    tasks: manifest.tasks.map(taskOf),
    prompts: Object.fromEntries(prompts),
    schemas: Object.fromEntries(schemas),
    templates: Object.fromEntries(templates),
    fields: Object.fromEntries(fields),
    ...(calibration.length === 0 ? {} : { calibration }),
  };
  const { version } = manifest;
  return deepFreeze({ ...content, version, contentHash: contentHashOf(content) });
}

const stageOf = ({ needs, candidates }: ManifestStage): StageModels => ({
  needs: { vision: needs.vision, contextTokens: needs.context_tokens },
  candidates: candidates.map(({ vram_gib, context_tokens, ...one }) => ({
    ...one,
    vramGib: vram_gib,
    contextTokens: context_tokens,
  })),
});

const taskOf = (task: ManifestTask): PackTask => ({
  name: task.name,
  // `checkSteps` has refused a task without one.
  step: stepOf(task) ?? "extract_fields",
  topic: topicOf(task),
  layer: task.layer,
  after: task.after,
  weight: task.weight,
  pool: task.pool,
  features: task.features,
  each: task.each,
  timeoutSeconds: task.timeout_seconds,
  stallSeconds: task.stall_seconds,
  attempts: task.attempts,
  attemptsLost: task.attempts_lost,
  backoffSeconds: task.backoff_seconds,
  needsHandoff: task.needs_handoff,
  upstream: task.upstream,
  prompts: task.prompts,
  schemas: task.schemas,
  template: task.template,
  fields: task.fields,
  templates: task.templates,
});

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
