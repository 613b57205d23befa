import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { childEntry } from "../../lib/entry.ts";
import { connect } from "../connect.ts";
import { readPostmaster } from "./postmaster.ts";
import { birthOf, waitUntilGone } from "./processes.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./start.ts";

// One folder for all tests, as a person has it: blanks in the path, and closed to everyone else.
let dir = "";
let stateDir = "";
let server: EmbeddedPostgres | null = null;
let holder: ChildProcess | null = null;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-embedded-"));
  await chmod(dir, 0o755);
  const closed = join(dir, "a closed folder");
  await mkdir(closed, { mode: 0o700 });
  stateDir = join(closed, "the state");
});
afterEach(async () => {
  holder?.kill("SIGKILL");
  await server?.stop();
  [server, holder] = [null, null];
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function start(log?: (line: string) => void): Promise<EmbeddedPostgres> {
  server = await startEmbeddedPostgres({ stateDir, sharedRoot: dir, ...(log ? { log } : {}) });
  return server;
}

async function ask(url: string, statement: string): Promise<unknown> {
  const sql = connect(url, { max: 1 });
  try {
    return (await sql.unsafe(statement).values())[0]?.[0];
  } finally {
    await sql.end();
  }
}

const dataDir = (): Promise<string> => realpath(join(stateDir, "postgres", "data"));

interface Living {
  readonly pid: number;
  readonly birth: string;
}

async function living(pid: number): Promise<Living> {
  return { pid, birth: (await birthOf(pid)) ?? "" };
}

async function postmaster(): Promise<Living> {
  return living((await readPostmaster(await dataDir()))?.pid ?? 0);
}

async function parentOf(pid: number): Promise<Living> {
  const seen = spawn("ps", ["-o", "ppid=", "-p", String(pid)]);
  const [text] = await once(seen.stdout, "data");
  return living(Number(text));
}

const isGone = ({ pid, birth }: Living): Promise<boolean> => waitUntilGone(pid, birth, 5_000);

/** Another process that starts the server and holds it. @returns its URL */
async function startElsewhere(): Promise<string> {
  const { file, execArgv } = childEntry(import.meta.url, "../../../test/support/embedded-holder");
  holder = spawn(process.execPath, [...execArgv, file, stateDir, dir], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: holder.stdout! });
  const [url] = await once(lines, "line");
  return String(url);
}

async function killHolder(): Promise<void> {
  const gone = once(holder!, "exit");
  holder?.kill("SIGKILL");
  await gone;
}

it("answers queries in UTF-8 and syncs to disk, and leaves no process and no lock behind", async () => {
  const { url, stop } = await start();
  expect(await ask(url, "select current_setting('server_version_num')::int / 10000")).toBe(18);
  expect(await ask(url, "select upper('é') || current_setting('fsync')")).toBe("Éon");
  expect(new URL(url).hostname).toBe("127.0.0.1");
  const [main, guardian] = [await postmaster(), await parentOf((await postmaster()).pid)];
  expect(main.birth).not.toBe("");
  expect(guardian.birth).not.toBe("");
  await stop();
  await stop();
  expect(await birthOf(main.pid)).not.toBe(main.birth);
  expect(await birthOf(guardian.pid)).not.toBe(guardian.birth);
  expect((await readdir(stateDir)).filter((name) => name.includes("lock"))).toEqual([]);
});

it("keeps the password to itself and lets nobody in without it", async () => {
  const { url } = await start();
  expect((await stat(join(stateDir, "postgres-password"))).mode & 0o777).toBe(0o600);
  expect((await stat(await dataDir())).mode & 0o777).toBe(0o700);
  const other = new URL(url);
  other.password = "guess";
  await expect(ask(other.href, "select 1")).rejects.toThrow("password authentication failed");
});

it("refuses a second start in the same folder and says who has it", async () => {
  const { url } = await start();
  const second = startEmbeddedPostgres({ stateDir, sharedRoot: dir });
  await expect(second).rejects.toMatchObject({
    code: "DATABASE_START_FAILED",
    detail: expect.stringContaining(`Process ${process.pid} already runs`),
  });
  expect(await ask(url, "select 1")).toBe(1);
});

it("is gone after its parent was killed, and the data is there at the next start", async () => {
  const url = await startElsewhere();
  await ask(url, "create table kept as select 7 as n");
  const [main, guardian] = [await postmaster(), await parentOf((await postmaster()).pid)];
  await killHolder();
  expect(await isGone(main)).toBe(true);
  expect(await isGone(guardian)).toBe(true);
  expect(await ask((await start()).url, "select n from kept")).toBe(7);
});

it("replaces a server whose parent and guardian were both killed", async () => {
  await startElsewhere();
  const main = await postmaster();
  const guardian = await parentOf(main.pid);
  process.kill(guardian.pid, "SIGKILL");
  await killHolder();
  expect(await isGone(guardian)).toBe(true);
  expect(await birthOf(main.pid)).toBe(main.birth);
  const { url } = await start();
  expect(await birthOf(main.pid)).not.toBe(main.birth);
  expect(await ask(url, "select 1")).toBe(1);
});

it("starts while the guardian of a parent that was just killed still shuts down", async () => {
  await startElsewhere();
  await killHolder();
  expect(await ask((await start()).url, "select 1")).toBe(1);
});

it("brings a server that was killed back up on the same port", async () => {
  const said: string[] = [];
  let heard = (): void => {};
  const up = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const { url } = await start((line) => {
    said.push(line);
    if (said.length === 2) heard();
  });
  process.kill((await postmaster()).pid, "SIGKILL");
  await up;
  expect(said[1]).toBe("PostgreSQL is up again.");
  expect(await ask(url, "select 1")).toBe(1);
});

it("makes the data anew when setting it up was interrupted", async () => {
  const data = await dataDir();
  await rm(data, { recursive: true });
  await mkdir(join(data, "base"), { recursive: true });
  await mkdir(join(data, "..", "new-1-data"));
  expect(await ask((await start()).url, "select to_regclass('kept') is null")).toBe(true);
  const left = await readdir(join(data, ".."));
  expect(left.filter((name) => name.startsWith("new-"))).toEqual([]);
});

it("quotes the log when the server cannot start, and starts again once that is mended", async () => {
  const settings = { shared_buffers: "nonsense" };
  const failing = startEmbeddedPostgres({ stateDir, sharedRoot: dir, settings });
  await expect(failing).rejects.toMatchObject({
    code: "DATABASE_START_FAILED",
    detail: expect.stringMatching(/postgres\.log.*\n.*invalid value for parameter/s),
  });
  expect(await ask((await start()).url, "select 1")).toBe(1);
});

it("refuses to lose data whose password is missing", async () => {
  const file = join(stateDir, "postgres-password");
  const password = await readFile(file);
  await rm(file);
  await expect(start()).rejects.toMatchObject({ detail: expect.stringContaining(file) });
  await writeFile(file, password, { mode: 0o600 });
  expect(await ask((await start()).url, "select 1")).toBe(1);
});
