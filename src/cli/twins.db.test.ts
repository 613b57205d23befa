import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type ControlPlane,
  createControlPlane,
  registerWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { smallDeck } from "../../test/support/decks.ts";
import { systemClock } from "../lib/clock.ts";
import { createApi } from "./api-client.ts";
import { api } from "./commands/api.ts";
import { authLogout, authStatus } from "./commands/auth.ts";
import { complete, completion } from "./commands/completion.ts";
import { configGet, configList } from "./commands/config.ts";
import { dbMigrate, dbStatus } from "./commands/db.ts";
import { failuresAck, failuresLs, failuresRetry, failuresShow } from "./commands/failures.ts";
import { logs } from "./commands/logs.ts";
import { open } from "./commands/open.ts";
import { results } from "./commands/results.ts";
import { version } from "./commands/version.ts";
import { versionsChoose, versionsLs } from "./commands/versions.ts";
import { why } from "./commands/why.ts";
import type { Context, GlobalFlags } from "./context.ts";
import { credentialsFile, writeCredentials } from "./credentials.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { createOutput } from "./output.ts";
import { createProgram } from "./program.ts";

// Each command against the real server: what it prints with --json is one object, and its exit code is right.
let db: TestDatabase;
let plane: ControlPlane;
let dir = "";
let url = "";
let document = "";
let batch = "";
let fingerprint = "";
const key = "a-key-of-this-workspace";

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db, { apiKeys: [key] });
  await plane.app.listen({ port: 0, host: "127.0.0.1" });
  url = `http://127.0.0.1:${(plane.app.server.address() as AddressInfo).port}`;
  dir = await mkdtemp(join(tmpdir(), "pilotlight-twins-"));
  await writeFile(join(dir, "token"), key);
  await writeFile(join(dir, "own.yaml"), "port: 4600\n");
  const vision = await registerWorker(plane.app, { replica: 1 });
  const server = createApi(url, key);
  const { signal } = new AbortController();
  const content = await smallDeck("Twin", 1);
  await writeFile(join(dir, "deck.pdf"), content);
  const path = join(dir, "deck.pdf");
  const upload = { path, name: "deck.pdf", idempotencyKey: "twin" };
  ({ id: document } = await server.upload(upload, signal));
  await vision.call("POST", `/api/containers/${vision.id}/logs`, { body: { lines: ["it broke"] } });
  for (const lease of (await vision.lease(8)).leases) {
    await vision.settle(lease, { kind: "failed", code: "MODEL_NOT_VISION", detail: "slide 1" });
  }
  ({ id: batch } = (await server.batches.create({ name: "Twins" }, "twins", signal)).batch);
  const { groups } = await server.failures.list({ window: "24h", tab: "open" }, signal);
  fingerprint = groups.find(({ stage }) => stage === "visual_analysis")?.fingerprint ?? "";
});
afterAll(async () => {
  await plane.close();
  await db.drop();
  await rm(dir, { recursive: true, force: true });
});

interface Seen {
  out: string;
  said: string;
}

function contextOf(seen: Seen, flags: Partial<GlobalFlags>): Context {
  const stream = (name: keyof Seen) =>
    new PassThrough().on("data", (chunk) => {
      seen[name] += String(chunk);
    }) as unknown as NodeJS.WriteStream;
  const all = { json: true, quiet: false, verbose: false, color: false, ...flags };
  const env = {
    ...{ HOME: dir, PILOTLIGHT_HOME: dir, DATABASE_URL: db.url },
    PILOTLIGHT_CONFIG: join(dir, "own.yaml"),
  };
  return {
    output: createOutput({ stdout: stream("out"), stderr: stream("said"), env: {}, ...all }),
    flags: { progress: "auto", utc: true, url, tokenFile: "token", ...all },
    cwd: dir,
    env,
    clock: systemClock,
    interrupt: { signal: new AbortController().signal, onAgain: () => () => {} },
  };
}

type Command = (context: Context) => Promise<number>;

async function run(command: Command, flags: Partial<GlobalFlags> = {}) {
  const seen = { out: "", said: "" };
  const context = contextOf(seen, flags);
  const code = await command(context).catch((error) => {
    context.output.fail(error);
    return exitCodeOf(error);
  });
  await context.output.flush();
  return { code, ...seen };
}

const nobody = { isThere: false, confirm: async () => false };
const sinceWeek = { since: "7d" };

it.each<[name: string, command: Command, type: string, code?: number]>([
  ["failures ls", (c) => failuresLs(c, { ...sinceWeek, state: "open" }), "failures"],
  ["failures show", (c) => failuresShow(c, fingerprint, sinceWeek), "failure"],
  ["failures show, unknown", (c) => failuresShow(c, "f_0123456789ab", sinceWeek), "error", 5],
  ["failures show, no fingerprint", (c) => failuresShow(c, "x", sinceWeek), "error", 2],
  [
    "failures retry --dry-run",
    (c) => failuresRetry(c, fingerprint, { dryRun: true }),
    "failure-retry",
  ],
  ["failures retry, nobody there", (c) => failuresRetry(c, fingerprint, {}, nobody), "error", 2],
  ["failures ack", (c) => failuresAck(c, fingerprint, { note: "known" }), "failure-group"],
  ["why, a document", (c) => why(c, document), "explanation"],
  ["why, a task", (c) => why(c, `${document}:slide_feedback`), "explanation"],
  ["why, a failure", (c) => why(c, fingerprint), "explanation"],
  ["why, a decision that is not", (c) => why(c, "999"), "error", 5],
  ["why, a container that is not", (c) => why(c, "text-7"), "error", 5],
  ["why, no id", (c) => why(c, "?"), "error", 2],
  ["versions ls", (c) => versionsLs(c, document), "versions"],
  ["versions split", (c) => versionsChoose(c, document, null), "versions"],
  ["versions join, with itself", (c) => versionsChoose(c, document, document), "error", 2],
  ["versions join, not found", (c) => versionsChoose(c, document, "d_none"), "error", 5],
  ["open", (c) => open(c, document, {}), "page"],
  ["open, a batch", (c) => open(c, batch, {}), "page"],
  ["open, a batch that is not", (c) => open(c, "b_none", {}), "error", 5],
  ["results", (c) => results(c, document, {}), "results"],
  ["results into a file", (c) => results(c, document, { output: "results.md" }), "results"],
  ["logs of a document", (c) => logs(c, document, { tail: "9" }), "logs"],
  ["api", (c) => api(c, "documents?limit=1", {}), "api"],
  ["api, not found", (c) => api(c, "documents/d_none", {}), "error", 5],
  ["version", version, "version"],
  ["config list", (c) => configList(c, {}), "config"],
  ["config get", (c) => configGet(c, "port", {}), "setting"],
  ["config get, misspelt", (c) => configGet(c, "prot", {}), "error", 2],
  ["auth status", authStatus, "auth"],
  ["auth logout, not logged in", authLogout, "error", 2],
  ["completion", (c) => completion(c, "bash"), "completion"],
  ["db status", dbStatus, "db-status"],
  ["db migrate", dbMigrate, "db-migrate"],
])("%s prints one object", async (_name, command, type, code = 0) => {
  const { out, ...ended } = await run(command);
  expect(JSON.parse(out)).toMatchObject({ v: 1, type });
  expect(ended.code, ended.said).toBe(code);
});

it("tells people the same, and stdout is data alone", async () => {
  const plain = { json: false };
  const told = await run((c) => why(c, `${document}:visual_analysis`), plain);
  expect(told.out).toContain("Given up after attempt 1: The model cannot see images.");
  expect(told.out).toContain("Next: pilotlight retry");
  const listed = await run((c) => failuresLs(c, { ...sinceWeek, state: "all" }), plain);
  expect(listed.out).toMatch(new RegExp(`^${fingerprint} acknowledged .* visual_analysis`, "m"));
  const shown = await run((c) => logs(c, document, { tail: "9", search: "BROKE" }), plain);
  expect(shown.out).toMatch(/^\d\d:\d\d:\d\dZ vision-1 it broke\n$/);
  const misspelt = await run((c) => configGet(c, "prot", {}), plain);
  expect(misspelt).toMatchObject({ out: "", said: expect.stringContaining("Did you mean port?") });
  const picked = await run((c) => failuresLs(c, { ...sinceWeek, state: "all" }), {
    fields: ["groups.code"],
  });
  expect(JSON.parse(picked.out)).toMatchObject({ groups: [{ code: "MODEL_NOT_VISION" }, {}] });
});

it("picks fields of results, and says where a file of them is", async () => {
  const picked = await run((c) => results(c, document, {}), { fields: ["name", "complete"] });
  expect(JSON.parse(picked.out)).toEqual({
    ...{ v: 1, type: "results", name: "deck.pdf", complete: expect.any(Boolean) },
  });
  const wrong = await run((c) => results(c, document, {}), { fields: ["colour"] });
  expect([wrong.code, JSON.parse(wrong.out).code]).toEqual([2, "USAGE"]);
  const written = await run((c) => results(c, document, { output: "results.json" }));
  const { file, bytes } = JSON.parse(written.out) as { file: string; bytes: number };
  expect([file, bytes]).toEqual([join(dir, "results.json"), (await stat(file)).size]);
});

it("completes words of the command line, and ids that the server has", async () => {
  const program = createProgram(async () => {});
  const lines = async (...words: string[]) =>
    (await run((c) => complete(c, program, words), { json: false })).out.split("\n");
  expect(await lines("failures", "")).toEqual(
    expect.arrayContaining([expect.stringMatching(/^ls\t/), expect.stringMatching(/^ack\t/)]),
  );
  expect(await lines("status", "d_")).toContain(`${document}\t`);
  expect(await lines("failures", "show", "f")).toContain(`${fingerprint}\t`);
  expect((await lines("ls", "--sta")).join()).toContain("--state");
  // Offline it is silent.
  const away = { json: false, url: "http://127.0.0.1:9" };
  const { code, said } = await run((c) => complete(c, program, ["status", ""]), away);
  expect([code, said]).toEqual([0, ""]);
});

it("keeps a key for its owner alone, uses it for its server, and refuses a file that others can read", async () => {
  const env = { HOME: dir };
  await writeCredentials(env, { work: { url, token: key } });
  const file = credentialsFile(env);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const asks = { json: false, tokenFile: undefined };
  const byUrl = await run((c) => api(c, "documents?limit=1", {}), asks);
  expect(byUrl.code, byUrl.said).toBe(0);
  const byName = await run(authStatus, { ...asks, url: undefined, profile: "work" });
  expect(byName.out).toContain(`${url}: open`);
  expect(byName.out).not.toContain(key);
  // A script that asks first must not go on to a server that is not there.
  const absent = await run(authStatus, { ...asks, url: "http://127.0.0.1:1" });
  expect(absent).toMatchObject({ code: 6, out: expect.stringContaining("does not answer") });
  await chmod(file, 0o644);
  const open = await run((c) => api(c, "documents", {}), asks);
  expect(open).toMatchObject({ code: 2, said: expect.stringContaining("others can read it") });
  await chmod(file, 0o600);
  await run(authLogout, { ...asks, url: undefined, profile: "work" });
  expect(await readFile(file, "utf8")).not.toContain(key);
  const gone = await run((c) => api(c, "documents", {}), asks);
  expect(gone.code).toBe(4);
});
