import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type ControlPlane,
  call,
  createControlPlane,
  formOf,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { odpOf, pptxOf } from "../../test/support/presentations.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { findSoffice } from "../pdf/soffice.ts";

const installed = (await findSoffice(null)) !== null;
let db: TestDatabase;
let plane: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.drop();
});

const tempFiles = () => readdir(join(plane.context.dir, "tmp"));

it.skipIf(!installed)(
  `stores a presentation as a PDF under its own name${installed ? "" : " (skipped: soffice is not installed)"}`,
  async () => {
    plane = await createControlPlane(db);
    const deck = pptxOf("We raise two million");
    const type = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    const sent = { payload: deck, headers: { "content-type": type, "idempotency-key": "once" } };
    const first = await call(plane.app, "POST", "/api/documents?name=deck.pptx", sent);
    expect(first.body).toMatchObject({ document: { name: "deck.pptx", pages: 1 } });
    const { id } = first.body.document;
    // Made again, it is the same file: no conflict with the key.
    const again = await call(plane.app, "POST", "/api/documents?name=deck.pptx", sent);
    expect(again.body.document.id).toBe(id);
    const file = await call(plane.app, "GET", `/api/documents/${id}/file`);
    expect(file.raw.subarray(0, 5).toString()).toBe("%PDF-");
    expect(file.headers["content-disposition"]).toContain("deck.pptx.pdf");
    expect(await tempFiles()).toEqual([]);
    await plane.close();
  },
);

it("refuses it with a next step where LibreOffice is missing, and keeps nothing", async () => {
  plane = await createControlPlane(db, { presentations: { sofficePath: "/nonexistent/soffice" } });
  const answer = await call(plane.app, "POST", "/api/documents", formOf("a.odp", odpOf(["Hi"])));
  expectProblem(answer, "PRESENTATION_NOT_SUPPORTED");
  expect(answer.body.next).toContain("Install LibreOffice");
  expect(await tempFiles()).toEqual([]);
  await plane.close();
});
