import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Config } from "../../config.ts";
import { AppError } from "../../errors/app-error.ts";
import { errorCodes } from "../../errors/codes.ts";
import { childEntry } from "../../lib/entry.ts";
import { builtInPacksDir, readPack } from "../../packs/read-pack.ts";
import { chooseEngine, type EngineChoice } from "../../worker/engines/detect.ts";
import { type Context, configOf } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Output } from "../output.ts";

export interface WorkerOptions {
  readonly pool: string;
  readonly port?: string | undefined;
}

const pools = ["vision", "text", "shared", "dedicated"];

/** A lone container in the foreground, without a control plane: its own API, for curl. */
export async function worker(context: Context, options: WorkerOptions): Promise<number> {
  const { output, interrupt } = context;
  checkOptions(options);
  const config = await configOf(context);
  const pack = await readPack(join(builtInPacksDir(), "pitch-deck"));
  const engine = await chooseEngine(config, pack.models);
  interrupt.signal.throwIfAborted();
  const { file, execArgv } = childEntry(import.meta.url, "../../worker/main");
  const child = spawn(process.execPath, [...execArgv, file], {
    env: environmentOf(context, options, engine, config),
    // The channel tells the container when this process is gone, however it ends.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const stop = (): void => {
    output.say("Stopping the container ...");
    child.kill("SIGTERM");
    interrupt.onAgain(() => child.kill("SIGKILL"));
  };
  const ended = endOf(child);
  interrupt.signal.addEventListener("abort", stop, { once: true });
  if (interrupt.signal.aborted) stop();
  const said = relay(child, options.pool, context, engine);
  const code = await ended;
  if (interrupt.signal.aborted) return exitCodes.ok;
  if (code === exitCodes.usage) throw new AppError("CONFIG_INVALID", withoutFrame(said.last));
  throw new AppError("REPLICA_START_FAILED", said.last || `It ended with ${code}.`);
}

function checkOptions({ pool, port }: WorkerOptions): void {
  if (!pools.includes(pool)) {
    throw new AppError("USAGE", `--pool must be one of ${pools.join(", ")}, not "${pool}"`);
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw new AppError("USAGE", "--port must be a number from 0 to 65535");
  }
}

function environmentOf(
  { env }: Context,
  { pool, port = "0" }: WorkerOptions,
  engine: EngineChoice,
  config: Config,
): NodeJS.ProcessEnv {
  const model = engine.models[pool === "text" ? "text" : "vision"];
  const { PILOTLIGHT_CONTROL_URL: _none, ...given } = env;
  return {
    ...given,
    PILOTLIGHT_POOL: pool,
    PILOTLIGHT_PORT: port,
    PILOTLIGHT_ENGINE: engine.name,
    ...(model === null ? {} : { PILOTLIGHT_MODEL: model }),
    ...serverOf(engine, config),
  };
}

/** The file's settings too: the container reads variables alone. */
function serverOf({ name, url }: EngineChoice, config: Config): Record<string, string> {
  const { contextTokens } = config.models;
  const size = contextTokens === null ? {} : { PILOTLIGHT_CONTEXT_TOKENS: String(contextTokens) };
  if (url === null) return {};
  if (name === "ollama") return { ...size, OLLAMA_HOST: url };
  const { openaiApiKey } = config;
  const key = openaiApiKey === null ? {} : { PILOTLIGHT_OPENAI_API_KEY: openaiApiKey };
  return { ...size, ...key, PILOTLIGHT_OPENAI_URL: url };
}

/** The container says code, title, detail and next step in one line; only the detail is new. */
function withoutFrame(line: string): string {
  const { title, next } = errorCodes.CONFIG_INVALID;
  return line.replace(`CONFIG_INVALID: ${title} `, "").replace(` ${next}`, "");
}

/** After the last line of its output, so that nothing it said is missed. */
async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "close")) as [number | null];
  return code;
}

/** The container's log goes to stderr when asked for; its address is what people need. */
function relay(
  child: ChildProcess,
  pool: string,
  { output, flags }: Context,
  engine: EngineChoice,
): { readonly last: string } {
  const said = { last: "" };
  if (child.stdout === null || child.stderr === null) return said;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { msg, url, level, err } = parseLine(line);
    if (msg === "listening" && url !== undefined) announce(output, pool, url, engine);
    if (level === "fatal") said.last = err?.detail ?? err?.message ?? msg ?? line;
    if (flags.verbose) output.say(line);
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    said.last = line;
    if (flags.verbose) output.say(line);
  });
  return said;
}

/** What of a log line is used here. */
interface LogLine {
  readonly msg?: string;
  readonly url?: string;
  readonly level?: string;
  readonly err?: { readonly detail?: string; readonly message?: string };
}

function parseLine(line: string): LogLine {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null ? entry : {};
  } catch {
    return {};
  }
}

function announce(output: Output, pool: string, url: string, engine: EngineChoice): void {
  if (output.json) output.object("worker", { pool, url, engine: engine.name });
  output.say(`A ${pool} container listens on ${url}`);
  output.say(`Reading with ${engine.name}: ${engine.reason}`);
  for (const line of examples(pool, url)) output.say(`  ${line}`);
  output.say("Stop it with Ctrl-C.");
}

function examples(pool: string, url: string): string[] {
  const pdf = `-H 'content-type: application/pdf' --data-binary @deck.pdf`;
  const json = `-H 'content-type: application/json'`;
  const vision = [
    `curl ${url}/api/pipeline/visual-analysis ${pdf} > visual.json`,
    `curl ${url}/api/pipeline/slide-feedback ${pdf}`,
  ];
  const text = [
    `curl ${url}/api/cache/visual-results ${json} --data @visual.json`,
    `curl ${url}/api/pipeline/extractions-and-template ${json} -d '{"document":"SHA256"}'`,
    `curl ${url}/api/pipeline/specialized-analysis ${json} -d '{"document":"SHA256","kind":"clinical"}'`,
  ];
  const health = `curl ${url}/api/health`;
  if (pool === "vision") return [health, ...vision];
  return pool === "text" ? [health, ...text] : [health, ...vision, ...text];
}
