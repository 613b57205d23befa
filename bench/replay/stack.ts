import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Api, createApi, isAnswering } from "../../src/cli/api-client.ts";
import { findStack } from "../../src/cli/stack.ts";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** `pilotlight up` in a folder of its own, with local containers and a database of its own. */
export interface OwnStack {
  readonly api: Api;
  /** Of the control plane's process. */
  readonly pid: number;
  /** Ends it in order. Throws what it said when it did not end well. */
  stop(): Promise<void>;
}

/** The folder one stack lives in. */
export interface Home {
  readonly dir: string;
  readonly stateDir: string;
  remove(): Promise<void>;
}

export async function makeHome(): Promise<Home> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), "pilotlight-replay-")));
  const stateDir = join(dir, "state");
  await mkdir(join(dir, "tmp"));
  return {
    dir,
    stateDir,
    async remove() {
      // Run by root, the database lies outside, behind a link.
      const data = await realpath(join(stateDir, "postgres")).catch(() => null);
      if (data !== null && !data.startsWith(dir)) await rm(data, { recursive: true, force: true });
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const configFile = (dir: string): string => join(dir, "pilotlight.yaml");

/** Nothing of the caller's settings. */
function environment({ dir, stateDir }: Home): Record<string, string> {
  const basics = ["PATH", "HOME"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(basics),
    ...{ LANG: "C.UTF-8", TMPDIR: join(dir, "tmp"), PILOTLIGHT_HOME: stateDir },
    ...{ PILOTLIGHT_CONFIG: configFile(dir), PILOTLIGHT_PORT: "0" },
    PILOTLIGHT_ENGINE: "extractive",
  };
}

const lookMs = 100;
const patienceMs = 120_000;

/** @param settings as in `pilotlight.yaml` */
export async function startStack(home: Home, settings: object): Promise<OwnStack> {
  // JSON is YAML.
  await writeFile(configFile(home.dir), JSON.stringify(settings));
  const child = spawn(process.execPath, [cli, "up"], {
    ...{ cwd: home.dir, env: environment(home), stdio: ["ignore", "pipe", "pipe"] },
  });
  const said: string[] = [];
  child.stdout?.resume();
  child.stderr?.on("data", (chunk: Buffer) => said.push(String(chunk)));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal }));
  const url = await addressOf(home.stateDir, child, said);
  return {
    api: createApi(url, null),
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGTERM");
      const { code, signal } = await ended;
      // An order to end ends it by that signal, once all is in order.
      if (code !== 0 && signal !== "SIGTERM") {
        throw new Error(`The stack ended with ${code ?? signal}: ${said.join("")}`);
      }
    },
  };
}

async function addressOf(
  stateDir: string,
  child: ChildProcess,
  said: readonly string[],
): Promise<string> {
  for (let waitedMs = 0; waitedMs < patienceMs && child.exitCode === null; waitedMs += lookMs) {
    const found = await findStack(stateDir);
    if (found !== null && (await isAnswering(found.url))) return found.url;
    await pause(lookMs);
  }
  child.kill("SIGTERM");
  throw new Error(`The stack did not start: ${said.join("")}`);
}
