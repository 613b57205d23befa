import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseDocument } from "yaml";
import { defaults, type FileConfig, fileSchema } from "./config/schema.ts";
import {
  environmentLayer,
  type Given,
  type Layer,
  layerOf,
  mergeLayers,
  nest,
  type Setting,
  settings,
} from "./config/sources.ts";
import { demoScaling, type ScalingSettings, scalingOf } from "./core/autoscaler/settings.ts";
import type { RetrySettings } from "./core/pipeline/retry.ts";
import { AppError } from "./errors/app-error.ts";

/** One setting as it stands: what `pilotlight config` prints. Secrets are already taken out. */
export interface SettingView {
  readonly key: string;
  readonly value: string;
  /** `default`, `profile demo`, the file, the variable, or `override`. */
  readonly origin: string;
}

type Plain = Omit<FileConfig, `${string}_${string}`>;

/** Everything the program may be told, parsed once and frozen. All durations are milliseconds. */
export interface Config extends Readonly<Plain> {
  /** Absolute. */
  readonly stateDir: string;
  /** Absolute; null: there is none. */
  readonly packsDir: string | null;
  readonly scaling: ScalingSettings;
  readonly retry: RetrySettings;
  readonly settings: readonly SettingView[];
}

type Overrides<T> = { readonly [K in keyof T]?: T[K] extends object ? Overrides<T[K]> : T[K] };

export interface ConfigSources {
  readonly cwd: string;
  /** The process's environment unless another is given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the command line says; wins over everything. `undefined` counts as absent. */
  readonly overrides?: Overrides<FileConfig>;
}

const fileName = "pilotlight.yaml";

/**
 * Reads `pilotlight.yaml` in `cwd` (or the file PILOTLIGHT_CONFIG names), the environment and the
 * overrides over the defaults. Throws CONFIG_INVALID with every problem found, one a line.
 */
export function loadConfig({ cwd, env = process.env, overrides = {} }: ConfigSources): Config {
  const layers = [
    layerOf(defaults, "default"),
    readFile(cwd, env.PILOTLIGHT_CONFIG),
    environmentLayer(env),
    layerOf(overrides, "override"),
  ];
  const profile = mergeLayers(layers).get("profile")?.value;
  if (profile === "demo") layers.splice(1, 0, layerOf(demoScaling, "profile demo"));
  const given = mergeLayers(layers);
  const parsed = fileSchema.safeParse(nest(given));
  const problems = layers.flatMap((layer) => layer.problems);
  for (const issue of parsed.error?.issues ?? []) {
    problems.push(describeProblem(issue.path.map(String), issue.message, given));
  }
  if (!parsed.success || problems.length > 0) {
    throw new AppError("CONFIG_INVALID", problems.join("\n"));
  }
  return freeze(configOf(parsed.data, cwd, given));
}

/** Each key with its value and where it came from; secrets are shown as `(set)` only. */
export function describeConfig(config: Config): readonly SettingView[] {
  return config.settings;
}

function readFile(cwd: string, named: string | undefined): Layer {
  const asked = named === undefined || named.trim() === "" ? undefined : named.trim();
  const path = resolve(cwd, asked ?? fileName);
  const origin = basename(path);
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && asked === undefined) return layerOf({}, origin);
    return { values: new Map(), problems: [`${path}: cannot be read (${code ?? "unknown"})`] };
  }
  const document = parseDocument(source);
  if (document.errors.length === 0) {
    try {
      return layerOf(document.toJS(), origin);
    } catch (error) {
      // Aliases are resolved here: to nothing, or to more than anyone needs.
      return { values: new Map(), problems: [`${origin}: ${String(error)}`] };
    }
  }
  // The first line of a YAML error names the place; the rest repeats the source.
  const problems = document.errors.map(
    (error) => `${origin}: ${error.message.split("\n")[0]?.replace(/:$/, "") ?? error.code}`,
  );
  return { values: new Map(), problems };
}

function describeProblem(
  path: readonly string[],
  message: string,
  given: ReadonlyMap<string, Given>,
): string {
  // An issue inside a list (`apiKeys.0`) belongs to the setting that holds the list.
  const key = path.join(".");
  const owner = settings.find(
    (setting) => key === setting.key || key.startsWith(`${setting.key}.`),
  );
  const origin = given.get(owner?.key ?? key)?.origin;
  return `${key}${origin === undefined ? "" : ` (${origin})`}: ${message}`;
}

function configOf(file: FileConfig, cwd: string, given: ReadonlyMap<string, Given>): Config {
  const {
    vision_container_scaling,
    text_container_scaling,
    pipeline_coordination,
    stateDir,
    packsDir,
    ...plain
  } = file;
  const scaling = scalingOf({
    vision_container_scaling,
    text_container_scaling,
    pipeline_coordination,
  });
  return {
    ...plain,
    stateDir: resolve(cwd, stateDir),
    packsDir: packsDir === null ? null : resolve(cwd, packsDir),
    scaling: withDeadlines(scaling, plain.phaseSeconds),
    retry: {
      ...plain.retry,
      roundDelayMs: scaling.failureRetryDelayMs,
      backoffMaxMs: scaling.failureRetryDelayMs,
    },
    settings: settings.map((setting) => viewOf(setting, given)),
  };
}

/** A start is given up phase by phase, too. */
function withDeadlines(
  scaling: ScalingSettings,
  phaseSeconds: FileConfig["phaseSeconds"],
): ScalingSettings {
  const phaseDeadlines = Object.fromEntries(
    Object.entries(phaseSeconds).map(([phase, given]) => [phase, given * 1000]),
  );
  const { vision, text } = scaling;
  return {
    ...scaling,
    vision: { ...vision, phaseDeadlines },
    text: { ...text, phaseDeadlines },
  };
}

function viewOf(setting: Setting, given: ReadonlyMap<string, Given>): SettingView {
  const { value, origin } = given.get(setting.key) ?? { value: null, origin: "default" };
  const empty = value === null || (Array.isArray(value) && value.length === 0);
  const shown = setting.secret && !empty ? "(set)" : withoutPassword(value);
  return { key: setting.key, value: shown, origin };
}

/** Any address may carry a password before its host. */
const withoutPassword = (value: unknown): string =>
  (typeof value === "string" ? value : JSON.stringify(value)).replace(
    /(\/\/)[^/@\s]*@/g,
    "$1(hidden)@",
  );

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
