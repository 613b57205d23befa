import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A process of a home, as /proc shows it. */
export interface HomeProcess {
  readonly pid: number;
  readonly command: string;
  /** What it was started with; empty for one that got none. */
  readonly env: Readonly<Record<string, string>>;
}

/** The folder one test lives in: working directory, state and temporary files of all it starts. */
export interface Home {
  readonly dir: string;
  readonly stateDir: string;
  /** TMPDIR of everything that is started here. */
  readonly tempDir: string;
  /** The environment of the product in this home: nothing of the caller's settings. */
  env(extra?: Readonly<Record<string, string>>): Record<string, string>;
  /** Every live process that works in this home or was started for it. */
  processes(): HomeProcess[];
  /** What is left when all has been stopped; empty is right. Waits a little for the last to go. */
  leftovers(): Promise<string[]>;
  /** Kills what is left and removes the folder. */
  remove(): Promise<void>;
}

/** A folder of one's own, and a view of everything that runs in it. */
export async function makeHome(): Promise<Home> {
  // The real path: processes are recognised by it.
  const dir = realpathSync(await mkdtemp(join(tmpdir(), "pilotlight-e2e-")));
  const stateDir = join(dir, "state");
  const tempDir = join(dir, "tmp");
  await mkdir(tempDir);
  const processes = (): HomeProcess[] => processesOf([dir, sharedHome(stateDir) ?? dir]);
  return {
    dir,
    stateDir,
    tempDir,
    env: (extra = {}) => ({
      ...callersBasics(),
      TMPDIR: tempDir,
      PILOTLIGHT_HOME: stateDir,
      PILOTLIGHT_PORT: "0",
      PILOTLIGHT_ENGINE: "extractive",
      ...extra,
    }),
    processes,
    leftovers: () => leftoversOf(processes, stateDir, tempDir),
    async remove() {
      const shared = sharedHome(stateDir);
      for (const { pid } of processes()) killNow(pid);
      await gone(processes, 5_000);
      if (shared !== null) await rm(shared, { recursive: true, force: true });
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Ends a process the hard way; one that is gone already is fine. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function callersBasics(): Record<string, string> {
  const given: Record<string, string> = { LANG: "C.UTF-8" };
  for (const name of ["PATH", "HOME"]) {
    const value = process.env[name];
    if (value !== undefined) given[name] = value;
  }
  return given;
}

/** Run by root, the database lies outside, behind a link. */
function sharedHome(stateDir: string): string | null {
  const link = join(stateDir, "postgres");
  try {
    readlinkSync(link);
    return realpathSync(link);
  } catch {
    return null;
  }
}

function processesOf(marks: readonly string[]): HomeProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid)
    .flatMap((pid) => {
      const [command, environ] = [read(pid, "cmdline"), read(pid, "environ")];
      const seen = `${command}\0${environ}\0${cwdOf(pid)}`;
      // A process that has ended and only waits for its parent shows none of the three.
      if (!marks.some((mark) => seen.includes(mark))) return [];
      return [{ pid, command: command.replaceAll("\0", " ").trim(), env: parseEnviron(environ) }];
    });
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

function cwdOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

const parseEnviron = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split("\0").flatMap((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
    }),
  );

/** Killed processes take a moment to go; what stays longer is left behind. */
const goneMs = 5_000;

async function gone(processes: () => HomeProcess[], limitMs: number): Promise<HomeProcess[]> {
  let left = processes();
  for (let waitedMs = 0; left.length > 0 && waitedMs < limitMs; waitedMs += 50) {
    await pause(50);
    left = processes();
  }
  return left;
}

async function leftoversOf(
  processes: () => HomeProcess[],
  stateDir: string,
  tempDir: string,
): Promise<string[]> {
  const left = await gone(processes, goneMs);
  const files = [...(await filesIn(tempDir)), ...(await filesIn(join(stateDir, "tmp")))];
  const locks = (await names(stateDir)).filter((name) => /^stack\.|\.lock/.test(name));
  return [
    ...left.map(({ pid, command }) => `process ${pid}: ${command}`),
    ...files.map((file) => `temporary file: ${file}`),
    ...locks.map((name) => `lock: ${name}`),
  ];
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  // Node's own cache of compiled code is kept there on purpose by whoever switches it on.
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}

const names = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
