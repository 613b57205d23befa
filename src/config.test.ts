import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaults } from "./config/schema.ts";
import { settings } from "./config/sources.ts";
import { type ConfigSources, describeConfig, loadConfig } from "./config.ts";
import { demoScaling, scalingDefaults, scalingOf } from "./core/autoscaler/settings.ts";
import { defaultPhaseDeadlines } from "./core/fleet/deadlines.ts";
import { AppError } from "./errors/app-error.ts";
import { defaultPdfLimits } from "./pdf/limits.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "pilotlight config "));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const load = (sources: Partial<ConfigSources> = {}) => loadConfig({ cwd, env: {}, ...sources });
const write = (text: string) => writeFileSync(join(cwd, "pilotlight.yaml"), text);

function problemsOf(sources: Partial<ConfigSources> = {}): string[] {
  try {
    load(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    if (error instanceof AppError) {
      expect(error.code).toBe("CONFIG_INVALID");
      return (error.detail ?? "").split("\n");
    }
  }
  throw new Error("the configuration was accepted");
}

const originOf = (sources: Partial<ConfigSources>, key: string) =>
  describeConfig(load(sources)).find((view) => view.key === key);

/** The request's scaling block, typed from its page. */
const requested = `
vision_container_scaling:
  min_replicas: 0
  max_replicas: 2 # Reduced based on real usage patterns

  # Immediate scaling for vision tasks
  scale_up_trigger: "document_uploaded" # Instant startup
  scale_up_delay: 0s # No delay - vision is first dependency

  # Scale down only when no vision tasks in pipeline
  scale_down_trigger: "no_vision_tasks_in_pipeline"
  scale_down_delay: 300s # Reduced from 600s

  startup_timeout: 180s # Optimized container startup
  parallel_tasks_per_replica: 2 # vision_analysis + slide_feedback

text_container_scaling:
  min_replicas: 0
  max_replicas: 3 # Reduced from 5 based on bundled extractions

  # Predictive scaling based on vision container progress
  scale_up_trigger: "vision_analysis_80_percent_complete"
  pre_warm_delay: 30s # Start before vision completes

  # Scale down when no text pipelines active
  scale_down_trigger: "no_text_tasks_in_pipeline"
  scale_down_delay: 600s # Keep longer for specialized tasks

  startup_timeout: 240s # Larger models take longer
  sequential_then_parallel: true # Main task first, then specialized in parallel

pipeline_coordination:
  max_concurrent_pipelines_per_container: 3
  vision_to_text_handoff_timeout: 30s
  pipeline_failure_retry_delay: 120s
  cross_container_communication_timeout: 15s
`;

const phaseDeadlines = defaultPhaseDeadlines;
const plainScaling = scalingOf(scalingDefaults);
const defaultScaling = {
  ...plainScaling,
  vision: { ...plainScaling.vision, phaseDeadlines },
  text: { ...plainScaling.text, phaseDeadlines },
};

describe("loadConfig", () => {
  it("needs no file and no environment", () => {
    const config = load();
    expect(config).toMatchObject({
      stateDir: join(cwd, ".pilotlight"),
      databaseUrl: null,
      host: "127.0.0.1",
      port: 4600,
      profile: "production",
      engine: "auto",
      timings: { heartbeatMs: 2_000, containerTtlMs: 6_000 },
      scaling: defaultScaling,
      retry: { roundsExtra: 1, roundDelayMs: 120_000, backoffMaxMs: 120_000 },
    });
    expect(config.pdf).toEqual(defaultPdfLimits);
  });

  it("is frozen to its leaves", () => {
    const config = load();
    expect(Object.isFrozen(config.scaling.vision)).toBe(true);
    expect(Object.isFrozen(config.apiKeys)).toBe(true);
  });

  it("takes the request's scaling block as it stands, and its 20 keys are the defaults", () => {
    write(requested);
    const config = load();
    expect(config.scaling).toEqual(defaultScaling);
    const fromFile = describeConfig(config).filter((view) => view.origin === "pilotlight.yaml");
    const blocks = Object.values(scalingDefaults).flatMap((block) => Object.keys(block));
    expect(fromFile).toHaveLength(20);
    expect(blocks).toHaveLength(20);
    expect(fromFile.map((view) => view.value)).toEqual(
      Object.values(scalingDefaults).flatMap((block) => Object.values(block).map(String)),
    );
  });

  it("lets override beat variable, variable beat file, file beat profile, profile beat default", () => {
    write("port: 5000\nprofile: demo\nvision_container_scaling: { scale_down_delay: 9s }\n");
    expect(load().port).toBe(5000);
    expect(load({ env: { PILOTLIGHT_PORT: "0" } }).port).toBe(0);
    expect(load({ env: { PILOTLIGHT_PORT: "0" }, overrides: { port: 7000 } }).port).toBe(7000);
    const config = load();
    expect(config.scaling.vision.scaleDownDelayMs).toBe(9_000);
    expect(config.scaling.text.scaleDownDelayMs).toBe(12_000);
    const key = "text_container_scaling.scale_down_delay";
    expect(originOf({}, key)).toEqual({ key, value: "12s", origin: "profile demo" });
    expect(originOf({ overrides: { profile: "production" } }, key)?.origin).toBe("default");
    const demo = load({ overrides: { profile: "demo" } });
    expect(demo.scaling.text.preWarmDelayMs).toBe(2_000);
    expect(demoScaling.text_container_scaling.pre_warm_delay).toBe("2s");
  });

  it("reads every variable, and counts an empty one as absent", () => {
    const env = {
      PILOTLIGHT_HOME: "../elsewhere",
      DATABASE_URL: "postgres://u:p@h/d",
      OLLAMA_HOST: "gpu:11434",
      PILOTLIGHT_ENGINE: "ollama",
      PILOTLIGHT_API_KEYS: "sixteen-characters-1, sixteen-characters-2",
      PILOTLIGHT_HOST: "",
      PILOTLIGHT_SOMETHING_ELSE: "left alone",
    };
    const config = load({ env });
    expect(config.stateDir).toBe(join(cwd, "../elsewhere"));
    expect(config.databaseUrl).toBe("postgres://u:p@h/d");
    expect(config.ollamaHost).toBe("gpu:11434");
    expect(config.engine).toBe("ollama");
    expect(config.apiKeys).toEqual(["sixteen-characters-1", "sixteen-characters-2"]);
    expect(config.host).toBe("127.0.0.1");
  });

  it("takes durations as numbers or words where milliseconds are meant", () => {
    write("timings: { heartbeatMs: 1s, containerTtlMs: 3000 }");
    expect(load().timings).toMatchObject({ heartbeatMs: 1_000, containerTtlMs: 3_000 });
  });

  it("reports every problem at once, each with its key and origin", () => {
    write(
      [
        "prot: 80",
        "timings: { heartbeatMs: 5s, containerTtlMs: 6s, drainMs: never }",
        "vision_container_scaling: { min_replicas: 3, scale_down_delay: 300, scale_up_trigger: tea }",
        "text_container_scaling: { min_replica: 1, max_replicas: 0 }",
        "pdf: 7",
        "apiKeys: [short]",
      ].join("\n"),
    );
    const env = {
      PILOTLIGHT_PORT: "many",
      PILOTLIGHT_PROT: "1",
      DATABASE_URL: "mysql://u:hunter2@h",
    };
    const problems = problemsOf({ env, overrides: { engine: "magic" as never } });
    expect(problems.sort()).toEqual([
      "PILOTLIGHT_PROT: unknown variable, did you mean PILOTLIGHT_PORT?",
      "apiKeys.0 (pilotlight.yaml): an API key has at least 16 characters",
      "databaseUrl (DATABASE_URL): must start with postgres://",
      "engine (override): must be one of auto, extractive, ollama, openai",
      "pdf (pilotlight.yaml): must be a block of keys",
      "port (PILOTLIGHT_PORT): must be a whole number",
      "prot (pilotlight.yaml): unknown key, did you mean port?",
      "text_container_scaling.max_replicas (pilotlight.yaml): must be at least 1 and not below min_replicas",
      "text_container_scaling.min_replica (pilotlight.yaml): unknown key, did you mean min_replicas?",
      "timings.drainMs (pilotlight.yaml): must be whole milliseconds or a duration such as 2s",
      "vision_container_scaling.scale_down_delay (pilotlight.yaml): must be a duration with a unit, such as 300s",
      "vision_container_scaling.scale_up_trigger (pilotlight.yaml): must be document_uploaded",
    ]);
    expect(problems.join()).not.toContain("hunter2");
  });

  it("checks values against each other", () => {
    write("timings: { heartbeatMs: 4s }\ntext_container_scaling: { min_replicas: 4 }");
    expect(problemsOf()).toEqual([
      "timings.containerTtlMs (default): must be at least twice heartbeatMs: one late heartbeat is no loss",
      "text_container_scaling.max_replicas (default): must be at least 1 and not below min_replicas",
    ]);
  });

  it.each([
    ["port: [1\n", "Flow sequence"],
    ["port: 1\nport: 2\n", "unique"],
    ["- a\n- b\n", "must hold keys"],
    ["port: *nowhere\n", "nowhere"],
  ])("refuses the file %j with its reason", (text, reason) => {
    write(text);
    expect(problemsOf().join()).toContain(reason);
  });

  it("accepts an empty file and empty blocks", () => {
    write("# nothing yet\n");
    expect(load().port).toBe(4600);
    write("timings:\npdf: {}\n");
    expect(load().timings.heartbeatMs).toBe(2_000);
  });

  it("refuses a file that was asked for and is not there", () => {
    expect(problemsOf({ env: { PILOTLIGHT_CONFIG: "mine.yaml" } })).toEqual([
      `${join(cwd, "mine.yaml")}: cannot be read (ENOENT)`,
    ]);
  });
});

describe("describeConfig", () => {
  it("lists every setting once and shows no secret", () => {
    const env = {
      DATABASE_URL: "postgres://user:hunter2@host/db",
      PILOTLIGHT_API_KEYS: "correct-horse-battery",
      OLLAMA_HOST: "http://me:hunter2@gpu:11434",
    };
    const views = describeConfig(load({ env }));
    expect(views.map((view) => view.key)).toEqual(settings.map((setting) => setting.key));
    expect(new Set(views.map((view) => view.key)).size).toBe(views.length);
    expect(JSON.stringify(views)).not.toMatch(/hunter2|correct-horse/);
    expect(views).toContainEqual({ key: "databaseUrl", value: "(set)", origin: "DATABASE_URL" });
    expect(views).toContainEqual({
      key: "ollamaHost",
      value: "http://(hidden)@gpu:11434",
      origin: "OLLAMA_HOST",
    });
  });
});

describe("providers", () => {
  const verda = (rest: string) => `providers:\n  - { kind: verda, ${rest} }\n`;

  it("have names of their own and defaults for the rest", () => {
    write(
      `${verda("image: 'registry.example/worker:0.1.0'")}  - { kind: static, usdPerHour: 0.3 }\n`,
    );
    const { providers } = load();
    expect(providers.map(({ kind, name }) => [kind, name])).toEqual([
      ["verda", "verda"],
      ["static", "static"],
    ]);
    expect(providers[0]).toMatchObject({ quantumSeconds: 600, clientIdFrom: "VERDA_CLIENT_ID" });
  });

  it.each([
    ["no tag", "registry.example:5000/worker"],
    ["the tag latest", "registry.example/worker:latest"],
    ["half a digest", "registry.example/worker@sha256:00"],
  ])("refuse an image with %s", (_title, image) => {
    write(verda(`image: '${image}'`));
    expect(problemsOf().join("\n")).toMatch(/providers\.0\.image .*tag that is not latest/);
  });

  it("are refused when two share a name, or two are this very machine", () => {
    write("providers:\n  - { kind: local }\n  - { kind: local, name: other }\n");
    expect(problemsOf().join("\n")).toMatch(/one entry of kind local/);
    write(`${verda("image: 'a:1'")}  - { kind: static, name: verda }\n`);
    expect(problemsOf().join("\n")).toMatch(/different names/);
  });
});

describe("the example file", () => {
  const example = readFileSync(new URL("../pilotlight.example.yaml", import.meta.url), "utf8");

  it("equals the defaults and names every setting", () => {
    write(example);
    const { settings: views, ...config } = load();
    const { settings: plain, ...expected } = load({ env: { PILOTLIGHT_CONFIG: "/dev/null" } });
    expect(config).toEqual(expected);
    expect(views.filter((view) => view.origin !== "pilotlight.yaml")).toEqual([]);
    expect(plain.map((view) => view.value)).toEqual(views.map((view) => view.value));
  });

  it("has a note for every setting", () => {
    for (const setting of settings) expect(setting.description, setting.key).toMatch(/.\.$/);
    expect(Object.keys(defaults).length).toBeGreaterThan(10);
  });
});
