import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type ControlPlane, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { deckOf, smallDeck } from "../../test/support/decks.ts";
import { systemClock } from "../lib/clock.ts";
import { batchCancel, batchLs, batchRetry, batchStatus } from "./commands/batch.ts";
import { type BatchSubmitOptions, batchSubmit } from "./commands/batch-submit.ts";
import { submit } from "./commands/submit.ts";
import type { Context, GlobalFlags } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { createOutput } from "./output.ts";

// The commands against the real server: what is sent, what is kept, what is said.
let db: TestDatabase;
let plane: ControlPlane;
let dir = "";
let url = "";
const key = "a-key-of-this-workspace";
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db, { apiKeys: [key] });
  await plane.app.listen({ port: 0, host: "127.0.0.1" });
  url = `http://127.0.0.1:${(plane.app.server.address() as AddressInfo).port}`;
  dir = await mkdtemp(join(tmpdir(), "pilotlight-batch-"));
  await writeFile(join(dir, "token"), key);
  for (const name of ["Alpha", "Beta"]) {
    await writeFile(join(dir, `${name}.pdf`), await smallDeck(name, 1));
  }
  await writeFile(join(dir, "broken.pdf"), "no pdf");
});
afterAll(async () => {
  await plane.close();
  await db.drop();
  await rm(dir, { recursive: true, force: true });
});

let out = "";
let said = "";
beforeEach(() => {
  out = "";
  said = "";
});

function contextOf(flags: Partial<GlobalFlags> = {}): Context {
  const stream = (take: (text: string) => void) =>
    new PassThrough().on("data", (chunk) => take(String(chunk))) as unknown as NodeJS.WriteStream;
  const all = { json: false, quiet: false, verbose: false, color: false, ...flags };
  const stdout = stream((text) => {
    out += text;
  });
  const stderr = stream((text) => {
    said += text;
  });
  return {
    output: createOutput({ stdout, stderr, env: {}, ...all }),
    flags: { progress: "auto", utc: true, url, tokenFile: "token", ...all },
    cwd: dir,
    env: {},
    clock: systemClock,
    interrupt: { signal: new AbortController().signal, onAgain: () => () => {} },
  };
}
const json = { json: true };

async function submitBatch(words: string[], options: BatchSubmitOptions = {}) {
  out = "";
  const code = await batchSubmit(contextOf(json), words, options);
  return { code, ...JSON.parse(out) };
}

it("files, stored files and sources become one batch; a file that is refused is told", async () => {
  const first = await submitBatch(["Alpha.pdf"]);
  expect(first).toMatchObject({ code: 0, batch: { documents: 1, counts: { active: 1 } } });
  const [row] = await db.sql<{ sha256: string }[]>`select sha256 from files`;
  const lines = [
    { sha256: row?.sha256, name: "again.pdf" },
    { file: "Beta.pdf", name: "second.pdf" },
    { sourceUri: "file:///decks/c.pdf" },
  ];
  await writeFile(join(dir, "all.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  const options = { name: "October", priority: "8" };
  const { code, batch, documents } = await submitBatch(["all.jsonl", "broken.pdf"], options);
  expect(code).toBe(exitCodes.failed);
  expect(batch).toMatchObject({
    name: "October",
    documents: 3,
    counts: { active: 2, fetching: 1 },
  });
  expect(documents).toHaveLength(4);
  expect(documents.at(-1)).toMatchObject({ name: "broken.pdf", error: { code: "NOT_A_PDF" } });
  const rows = await db.sql`
    select d.name, p.priority from pipelines p join documents d on d.id = p.document_id
    join batches b on b.id = p.batch_id where b.public_id = ${batch.id} order by d.name`;
  expect(rows.map(({ name, priority }) => [name, priority])).toEqual([
    ["again.pdf", 8],
    ["c.pdf", 8],
    ["second.pdf", 8],
  ]);
});

it("sent again under its key it is the same batch, and other files are refused", async () => {
  const first = await submitBatch(["Alpha.pdf", "Beta.pdf"], { key: "october" });
  expect(first.batch.documents).toBe(2);
  const again = await submitBatch(["Alpha.pdf", "Beta.pdf"], { key: "october" });
  expect(again.batch).toMatchObject({ id: first.batch.id, documents: 2 });
  const other = await submitBatch(["Beta.pdf", "Alpha.pdf"], { key: "october" });
  expect(other.code).toBe(exitCodes.failed);
  expect(other.documents[0].error.code).toBe("IDEMPOTENCY_CONFLICT");
});

it("is cancelled, tried again, waited for and listed", async () => {
  const { batch } = await submitBatch(["Alpha.pdf", "Beta.pdf"], { name: "Cared for" });
  expect(await batchStatus(contextOf(), batch.id, {})).toBe(0);
  expect(out).toContain("Queued: 2 of 2 documents to go.");
  const late = { wait: true, timeout: "1s" };
  expect(await batchStatus(contextOf({ eventsFile: "events.jsonl" }), batch.id, late)).toBe(
    exitCodes.timeout,
  );
  const [event] = (await readFile(join(dir, "events.jsonl"), "utf8")).split("\n");
  expect(JSON.parse(event ?? "")).toMatchObject({ type: "progress", batch: batch.id, percent: 0 });
  expect(said).toContain(`Re-attach: pilotlight batch status ${batch.id} --wait`);
  const waiting = batchStatus(contextOf(json), batch.id, { wait: true });
  out = "";
  expect(await batchCancel(contextOf(), batch.id)).toBe(0);
  expect(out).toContain("Cared for: 2 documents cancelled.");
  expect(await waiting).toBe(exitCodes.failed);
  await expect(batchCancel(contextOf(), batch.id)).rejects.toMatchObject({
    code: "BATCH_FINISHED",
  });
  expect(await batchRetry(contextOf(), batch.id)).toBe(0);
  expect(out).toContain("Cared for: 2 documents opened again.");
  out = "";
  expect(await batchLs(contextOf(), { limit: "1" })).toBe(0);
  expect(out).toMatch(/b_\w+ +0 % Queued +2 .* Cared for\n$/);
  await expect(batchStatus(contextOf(), "b_nothing", {})).rejects.toMatchObject({
    code: "BATCH_NOT_FOUND",
  });
});

it("is what several files of an ordinary submit become", async () => {
  expect(await submit(contextOf(json), ["Alpha.pdf", "Beta.pdf"], {})).toBe(0);
  const { batches, documents } = JSON.parse(out);
  expect(batches).toHaveLength(1);
  expect(documents).toHaveLength(2);
  expect(said).toContain(`pilotlight batch status ${batches[0]}`);
  out = "";
  expect(await submit(contextOf(json), ["Alpha.pdf"], {})).toBe(0);
  expect(JSON.parse(out).batches).toEqual([]);
});

it("opens a locked file by the password given with it, in several files too", async () => {
  const password = "größe 7";
  await writeFile(join(dir, "locked.pdf"), await deckOf(["Raising now"], { password }));
  const send = async (files: string[], given?: string) => {
    out = "";
    const code = await submit(contextOf(json), files, { password: given });
    const { documents } = JSON.parse(out) as { documents: { error?: { code: string } }[] };
    return { code, errors: documents.map(({ error }) => error?.code ?? null) };
  };
  const failed = exitCodes.failed;
  expect(await send(["locked.pdf"])).toEqual({ code: failed, errors: ["PDF_ENCRYPTED"] });
  expect(await send(["locked.pdf"], "no")).toEqual({
    ...{ code: failed, errors: ["PDF_PASSWORD_WRONG"] },
  });
  expect(await send(["locked.pdf", "Alpha.pdf"], password)).toEqual({
    ...{ code: exitCodes.ok, errors: [null, null] },
  });
  expect(`${out}${said}`).not.toContain(password);
});

it.each([
  ["a priority out of range", ["Alpha.pdf"], { priority: "10" }, "USAGE"],
  ["an empty key", ["Alpha.pdf"], { key: " " }, "USAGE"],
  ["a key that is too long", ["Alpha.pdf"], { key: "k".repeat(191) }, "USAGE"],
  ["more than 1,000 files", Array.from({ length: 1001 }, () => "Alpha.pdf"), {}, "BATCH_TOO_LARGE"],
  ["an empty manifest", ["empty.jsonl"], {}, "USAGE"],
  ["an unknown file's hash", ["unknown.jsonl"], {}, "FILE_NOT_FOUND"],
])("refuses %s and makes nothing", async (_title, words, options, code) => {
  await writeFile(join(dir, "empty.jsonl"), "\n");
  await writeFile(join(dir, "unknown.jsonl"), JSON.stringify({ sha256: "f".repeat(64) }));
  const count = async () => (await db.sql`select count(*)::int as n from batches`)[0];
  const before = await count();
  await expect(submitBatch(words, options)).rejects.toMatchObject({ code });
  expect(await count()).toEqual(before);
});
