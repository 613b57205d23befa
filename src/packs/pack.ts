import { AppError } from "../errors/app-error.ts";
import { curvesOf, type EngineCurves, type PackCalibration } from "./calibration.ts";
import type { FieldSetData, fieldTypes } from "./fields.ts";
import { type StepName, stepOf, type TopicName, topicOf } from "./steps.ts";

/** Which pool serves a task by default. A shared or dedicated pool may serve it too. */
export const poolNames = ["vision", "text"] as const;
export type PoolName = (typeof poolNames)[number];

/** `after` as it is declared and stored: nothing, one task, or several. */
export type After = null | string | readonly string[];

export interface PackTask {
  readonly name: string;
  /** What is done; absent in what an earlier release stored: see `stepOf`. */
  readonly step?: StepName;
  /** Of the step `analyse`. */
  readonly topic?: TopicName | null;
  readonly layer: number;
  readonly after: After;
  /** Share of the pipeline's progress; all tasks of a pack make 100. */
  readonly weight: number;
  readonly pool: PoolName;
  /** What a container must have to serve it, beside the task's name. */
  readonly features: readonly string[];
  /** `slide`: worked and resumed slide by slide. null: one piece. */
  readonly each: "slide" | null;
  readonly timeoutSeconds: number;
  /** Longest time without progress. */
  readonly stallSeconds: number;
  /** Tries in all when the work itself fails. */
  readonly attempts: number;
  /** Tries in all after lost containers, counted apart. */
  readonly attemptsLost: number;
  /** Base of the growing pause between two tries. */
  readonly backoffSeconds: number;
  /** The lease carries the visual results. */
  readonly needsHandoff: boolean;
  /** Tasks whose results the lease carries; all of them come before this one. */
  readonly upstream: readonly string[];
  readonly prompts: readonly string[];
  readonly schemas: readonly string[];
  /** Used when none of `templates` is for the document at hand. */
  readonly template: string | null;
  readonly fields?: string | null;
  /** Templates for special cases, in the order in which they are tried. */
  readonly templates: readonly string[];
}

/** One thing a document is asked for, as `fields/*.yaml` says it. */
export interface PackField {
  readonly name: string;
  readonly title: string;
  readonly type: (typeof fieldTypes)[number];
  readonly item: "text" | "number" | "person" | null;
  readonly required: boolean;
  readonly description: string;
  readonly choices: readonly { readonly value: string; readonly terms: readonly string[] }[];
  readonly hints: {
    readonly labels: Readonly<Record<string, readonly string[]>>;
    readonly sections: readonly string[];
    readonly patterns: readonly string[];
    readonly near: readonly string[];
    readonly yes: readonly string[];
    readonly no: readonly string[];
    readonly where: readonly string[];
    readonly prominent: "largest" | "below_largest" | null;
  };
}

export interface PackFieldSet {
  readonly name: string;
  readonly title: string;
  readonly fields: readonly PackField[];
}

export interface PackQuestion {
  readonly id: string;
  readonly question: string;
  readonly strong: string;
  readonly adequate: string;
  readonly weak: string;
  readonly hints: readonly string[];
  readonly slides: readonly string[];
}

export interface PackChapter {
  readonly id: string;
  readonly title: string;
  readonly weight: number;
  readonly questions: readonly PackQuestion[];
}

export interface PackTemplate {
  readonly name: string;
  readonly title: string;
  /** Extracted facts by name that have to agree for it to be used; null: it is a fallback. */
  readonly for: Readonly<Record<string, string>> | null;
  /** Name of the template whose chapters these add to. */
  readonly extends: string | null;
  readonly chapters: readonly PackChapter[];
}

/** Engines that read with a model of somebody's server. */
export const modelEngines = ["ollama", "openai"] as const;
export type ModelEngine = (typeof modelEngines)[number];

/** A model that can do a stage's work. What is null is not known, and then rules nothing out. */
export interface ModelCandidate {
  readonly engine: ModelEngine;
  /** As the server knows it: the tag that Ollama pulls, or an id of `/v1/models`. */
  readonly name: string;
  /** How the weights are stored, such as `q4_K_M`; it is told, the name decides. */
  readonly quantisation: string | null;
  /** GPU memory that weights, projector and a context of the needed length take, in GiB. */
  readonly vramGib: number | null;
  /** The longest context it was made for. */
  readonly contextTokens: number | null;
}

/** What the tasks of a pool ask of a model, and who can do it, best first. */
export interface StageModels {
  readonly needs: { readonly vision: boolean; readonly contextTokens: number };
  readonly candidates: readonly ModelCandidate[];
}

/** Stages by pool; one without tasks, or for the built-in engine alone, is left out. */
export type PackModels = { readonly [pool in PoolName]?: StageModels };

export type JsonObject = Readonly<Record<string, unknown>>;

/** A pack as one value: JSON all through, frozen, equal for equal content. */
export interface Pack {
  readonly name: string;
  readonly version: number;
  readonly title: string;
  readonly limits: { readonly slidesMax: number };
  readonly models: PackModels;
  /** In the order declared, which is the order of the bits in a compiled graph. */
  readonly tasks: readonly PackTask[];
  /** By name, without the file's extension. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly schemas: Readonly<Record<string, JsonObject>>;
  readonly templates: Readonly<Record<string, PackTemplate>>;
  readonly fields?: Readonly<Record<string, PackFieldSet>>;
  /** What confidences have been measured to mean, by engine and model. */
  readonly calibration?: readonly PackCalibration[];
  /**
   * SHA-256, hex, of everything above but the version, in canonical form: neither key order nor line
   * ends nor the number it goes by change it.
   */
  readonly contentHash: string;
}

/** The part of a pack that one task needs; it travels in the lease. */
export interface TaskPack {
  name: string;
  version: number;
  step: string;
  topic: string | null;
  fields: FieldSetData | null;
  calibration?: EngineCurves[];
  prompts: Record<string, string>;
  schemas: Record<string, Record<string, unknown>>;
  template: TaskTemplate | null;
  /** Those for special cases; each may add to `template`. */
  templates: TaskTemplate[];
}

interface TaskTemplate {
  name: string;
  title: string;
  for: Record<string, string> | null;
  extends: string | null;
  chapters: {
    id: string;
    title: string;
    weight: number;
    questions: {
      id: string;
      question: string;
      strong: string;
      adequate: string;
      weak: string;
      hints: string[];
      slides: string[];
    }[];
  }[];
}

/** `after` as a list, whichever form was declared. */
export function afterOf(task: Pick<PackTask, "after">): readonly string[] {
  if (task.after === null) return [];
  return typeof task.after === "string" ? [task.after] : task.after;
}

/** What a pack asks of models. A version that the first release stored says it in another way, and counts as silent. */
export const modelsOf = ({ models }: Pick<Pack, "models">): PackModels =>
  Object.fromEntries(
    Object.entries(models).filter(([, stage]) => stage !== undefined && "candidates" in stage),
  );

/** The declared dependencies by task name, each in the form it was written. */
export function dependenciesOf(pack: Pick<Pack, "tasks">): Record<string, After> {
  return Object.fromEntries(pack.tasks.map((task) => [task.name, task.after]));
}

/**
 * A fresh copy of what one task needs: its prompts, schemas and templates, and no more. A version
 * stored before packs had several templates lacks their keys.
 * Throws TASK_NOT_FOUND.
 */
export function taskPackOf(pack: Pack, taskName: string): TaskPack {
  const task = pack.tasks.find((candidate) => candidate.name === taskName);
  if (task === undefined) throw new AppError("TASK_NOT_FOUND", `${pack.name} has no ${taskName}.`);
  const named = [task.template, ...(task.templates ?? [])].map((name) => {
    const found = name === null ? undefined : pack.templates[name];
    return found && { ...found, for: found.for ?? null, extends: found.extends ?? null };
  });
  const fields = task.fields == null ? null : pack.fields?.[task.fields];
  const part = {
    name: pack.name,
    version: pack.version,
    step: stepOf(task),
    topic: topicOf(task),
    fields: fields ?? null,
    prompts: pick(pack.prompts, task.prompts),
    schemas: pick(pack.schemas, task.schemas),
    template: named[0] ?? null,
    templates: named.slice(1).filter((template) => template !== undefined),
    ...(pack.calibration !== undefined && stepOf(task) === "extract_and_score"
      ? { calibration: pack.calibration.map(curvesOf) }
      : {}),
  };
  return structuredClone(part) as TaskPack;
}

function pick<T>(from: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = from[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
