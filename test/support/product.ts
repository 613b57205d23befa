import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Api, createApi } from "./api.ts";
import { type Home, killNow } from "./home.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const built = (path: string): string => `${root}dist/${path}`;
export const example = (name: string): string => `${root}examples/${name}`;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface StackOptions {
  /** Settings by their name in the file, over the test's own. */
  readonly overrides?: { readonly [key: string]: Json };
  /** More environment for its containers. */
  readonly containerEnv?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running stack of the built product, in a process of its own. */
export interface RunningStack {
  readonly home: Home;
  readonly url: string;
  readonly api: Api;
  readonly pid: number;
  /** Processes of the containers of a pool, by what they were started with. */
  containers(pool: "vision" | "text"): { readonly pid: number; readonly replica: number }[];
  /** All of its standard error so far. */
  said(): string;
  /** Ends it in order. Throws what it said when it did not end well. */
  stop(): Promise<void>;
  /** `kill -9`, and waits until the process is gone. */
  kill(): Promise<void>;
}

/** Short pauses, so that a test never waits for a pause alone. */
const quick = {
  profile: "demo",
  timings: { drainMs: 3_000, stopGraceMs: 5_000, scalerMs: 250, reconcilerMs: 250, rescuerMs: 250 },
} as const;

/** Starts the stack on the state of `home`, with a PostgreSQL of its own unless told of another, and waits until it answers. */
export async function startStack(home: Home, options: StackOptions = {}): Promise<RunningStack> {
  const { overrides = {}, containerEnv = {}, env = {} } = options;
  const given = JSON.stringify({ overrides: merged(quick, overrides), containerEnv });
  const child = spawn(process.execPath, [`${root}test/support/stack-host.mjs`, given], {
    cwd: home.dir,
    env: home.env(env),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(String(chunk)));
  const ended = endOf(child);
  const hello = createInterface({ input: child.stdout });
  const first = await Promise.race([once(hello, "line"), ended]);
  if (!Array.isArray(first)) throw new Error(`The stack did not start: ${said.join("")}`);
  const { url } = JSON.parse(String(first[0])) as { url: string };
  const api = createApi(url);
  return {
    home,
    url,
    api,
    pid: child.pid ?? 0,
    containers: (pool) => containersOf(home, pool),
    said: () => said.join(""),
    async stop() {
      await api.close();
      child.kill("SIGTERM");
      const { code, signal } = await ended;
      if (code !== 0) throw new Error(`The stack ended with ${code ?? signal}: ${said.join("")}`);
    },
    async kill() {
      await api.close();
      if (child.pid !== undefined) killNow(child.pid);
      await ended;
    },
  };
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
  readonly seconds: number;
}

export interface CliRun {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** All of its standard error so far. */
  saidSoFar(): string;
  /** Waits until what it said on standard error fits. */
  heard(pattern: RegExp): Promise<void>;
}

/** The built command line in a home. Signals go to `child`. */
export function startCli(
  home: Home,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): CliRun {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [built("cli/main.js"), ...words], {
    cwd: home.dir,
    env: home.env(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, said] = ["", ""];
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
    for (const listener of listeners) listener();
  });
  const ended = once(child, "close").then(
    ([code]): Ended => ({ code, out, said, seconds: (performance.now() - startedMs) / 1000 }),
  );
  const heard = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(said)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended and never said ${pattern}: ${said}`)));
    });
  return { child, ended, heard, saidSoFar: () => said };
}

export const runCli = (home: Home, words: readonly string[]): Promise<Ended> =>
  startCli(home, words).ended;

function containersOf(home: Home, pool: string): { pid: number; replica: number }[] {
  return home
    .processes()
    .filter(({ env }) => env.PILOTLIGHT_POOL === pool)
    .map(({ pid, env }) => ({ pid, replica: Number(env.PILOTLIGHT_REPLICA) }));
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

function merged(
  base: { readonly [key: string]: Json },
  over: { readonly [key: string]: Json },
): Record<string, Json> {
  const result: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isBlock(below) && isBlock(value) ? merged(below, value) : value;
  }
  return result;
}

const isBlock = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
