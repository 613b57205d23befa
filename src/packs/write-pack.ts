import { parseDocument, stringify } from "yaml";
import { modelsOf, type Pack, type PackTask, type PackTemplate, type StageModels } from "./pack.ts";
import type { PackFiles } from "./pack-files.ts";

/** Long lines stay whole: a diff of two versions then shows what was changed, and no new breaks. */
const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 });

/** A pack's files made from its content: for versions whose own were not kept. Reads back as the same content. */
export function filesOfPack(pack: Pack): PackFiles {
  const { name, version, title, limits, tasks } = pack;
  const manifest = {
    ...{ name, version, title, limits: { slides_max: limits.slidesMax } },
    models: Object.fromEntries(
      Object.entries(modelsOf(pack)).map(([pool, stage]) => [pool, stageOf(stage)]),
    ),
    tasks: tasks.map(taskOf),
  };
  return {
    "pack.yaml": yaml(manifest),
    ...named("prompts", "md", pack.prompts, (text) => text),
    ...named("schemas", "json", pack.schemas, (schema) => `${JSON.stringify(schema, null, 2)}\n`),
    ...named("templates", "yaml", pack.templates, (template) => yaml(templateOf(template))),
    ...named("fields", "yaml", pack.fields ?? {}, yaml),
    ...(pack.calibration?.length
      ? { "calibration.yaml": yaml({ engines: pack.calibration }) }
      : {}),
  };
}

const named = <T>(
  part: string,
  end: string,
  values: Readonly<Record<string, T>>,
  text: (value: T) => string,
): PackFiles =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${part}/${name}.${end}`, text(value)]),
  );

const stageOf = ({ needs, candidates }: StageModels) => ({
  needs: { vision: needs.vision, context_tokens: needs.contextTokens },
  candidates: candidates.map(({ vramGib, contextTokens, ...one }) => ({
    ...one,
    vram_gib: vramGib,
    context_tokens: contextTokens,
  })),
});

const taskOf = (task: PackTask) => ({
  name: task.name,
  ...(task.step === undefined ? {} : { step: task.step }),
  ...(task.topic ? { topic: task.topic } : {}),
  layer: task.layer,
  after: task.after,
  weight: task.weight,
  pool: task.pool,
  features: task.features,
  each: task.each,
  timeout_seconds: task.timeoutSeconds,
  stall_seconds: task.stallSeconds,
  attempts: task.attempts,
  attempts_lost: task.attemptsLost,
  backoff_seconds: task.backoffSeconds,
  needs_handoff: task.needsHandoff,
  upstream: task.upstream,
  prompts: task.prompts,
  schemas: task.schemas,
  template: task.template,
  fields: task.fields ?? null,
  templates: task.templates ?? [],
});

const templateOf = ({ name, title, chapters, ...more }: PackTemplate) => ({
  ...{ name, title, for: more.for ?? null, extends: more.extends ?? null, chapters },
});

/** The same files under another number; what stands around it in `pack.yaml` is left as it is. */
export function withVersion(files: PackFiles, version: number): PackFiles {
  const before = files["pack.yaml"] ?? "";
  const line = /^version:[ \t]*\d+[ \t]*$/gm;
  if (before.match(line)?.length === 1) {
    return { ...files, "pack.yaml": before.replace(line, `version: ${version}`) };
  }
  const document = parseDocument(before);
  document.set("version", version);
  return { ...files, "pack.yaml": document.toString({ lineWidth: 0 }) };
}
