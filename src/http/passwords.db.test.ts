import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Answer,
  type ControlPlane,
  call,
  createControlPlane,
  formOf,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { deckOf } from "../../test/support/decks.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { openPdf } from "../pdf/index.ts";

const password = "størk & 42";
let db: TestDatabase;
let plane: ControlPlane;
let folder = "";
let locked: Buffer;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  folder = await mkdtemp(join(tmpdir(), "pilotlight-password-"));
  locked = await deckOf(["Raising now", "The team"], { password });
});
afterAll(async () => {
  await plane.close();
  await db.drop();
  await rm(folder, { recursive: true, force: true });
});

const boundary = "----pilotlight-test";
const field = (text: string): Buffer =>
  Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="password"\r\n\r\n${text}\r\n`,
  );

/** A form with the password before the file. */
function upload(given: string | undefined): Promise<Answer> {
  const form = formOf("locked.pdf", locked);
  const parts = given === undefined ? [form.payload] : [field(given), form.payload];
  return call(plane.app, "POST", "/api/documents", { ...form, payload: Buffer.concat(parts) });
}

async function expectOpen(answer: Answer): Promise<void> {
  expect(answer.status).toBe(202);
  const { id } = answer.body.document;
  const file = join(folder, `${id}.pdf`);
  const stored = await call(plane.app, "GET", `/api/documents/${id}/file`);
  await writeFile(file, stored.raw);
  const document = await openPdf(file);
  const facts = await document.read(1).finally(() => document.close());
  expect([document.pages, facts.lines[0]?.text]).toEqual([2, "Raising now"]);
  await call(plane.app, "POST", `/api/documents/${id}/cancel`);
}

it("opens a locked file by the form field before it, and stores what needs none", async () => {
  await expectOpen(await upload(password));
});

it("opens it by the header when the file is the body", async () => {
  const headers = {
    "content-type": "application/pdf",
    "x-document-password": encodeURIComponent(password),
  };
  await expectOpen(
    await call(plane.app, "POST", "/api/documents?name=locked.pdf", { payload: locked, headers }),
  );
});

it.each([
  ["none", undefined, "PDF_ENCRYPTED"],
  ["an empty one", "", "PDF_ENCRYPTED"],
  ["a wrong one", "not it", "PDF_PASSWORD_WRONG"],
] as const)("refuses it with %s, and keeps nothing", async (_, given, code) => {
  const answer = await upload(given);
  expectProblem(answer, code);
  expect(JSON.stringify(answer.body)).not.toContain("not it");
  expect(await readdir(join(plane.context.dir, "tmp"))).toEqual([]);
});

it("refuses a header that is not percent-encoded", async () => {
  const headers = { "content-type": "application/pdf", "x-document-password": "50%" };
  const answer = await call(plane.app, "POST", "/api/documents", { payload: locked, headers });
  expectProblem(answer, "BAD_REQUEST");
});

it("keeps the password in no row", async () => {
  const tables = await db.sql<{ name: string }[]>`
    select quote_ident(relname) as name from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace`;
  expect(tables.length).toBeGreaterThan(10);
  for (const { name } of tables) {
    const [row] = await db.sql.unsafe(
      `select count(*)::int as rows from ${name} t where t::text like '%størk%'`,
    );
    expect({ name, rows: row?.rows }).toEqual({ name, rows: 0 });
  }
});
