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

const key = "a key of this test, long enough";
let db: TestDatabase;
let plane: ControlPlane;
let id = "";
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db, { apiKeys: [key], pages: { waitingMax: 2 } });
  const file = formOf("=a b.pdf", await deckOf(["One", "Two"]));
  const sent = await call(plane.app, "POST", "/api/documents", { token: key, ...file });
  ({ id } = sent.body.document);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const get = (query: string): Promise<Answer> =>
  call(plane.app, "GET", `/api/documents/${id}/export?${query}`, { token: key });
const textOf = ({ raw }: Answer): string => raw.toString("utf8");

it("writes each format with its type and a name that says what is missing", async () => {
  const name = "%3Da%20b.partial";
  for (const [format, type, way] of [
    ["html", "text/html", "inline"],
    ["md", "text/markdown", "attachment"],
    ["json", "application/json", "attachment"],
    ["csv", "text/csv", "attachment"],
  ] as const) {
    const answer = await get(`format=${format}`);
    expect([answer.status, answer.headers["content-type"]]).toEqual([
      200,
      `${type}; charset=utf-8`,
    ]);
    expect(answer.headers["content-disposition"]).toBe(
      `${way}; filename*=UTF-8''${name}.${format}`,
    );
  }
  expect(textOf(await get("format=md"))).toContain("Not finished yet: more will come.");
  expect(JSON.parse(textOf(await get("format=json")))).toMatchObject({
    ...{ v: 1, type: "results", document: id, complete: false, pages: 2, values: [] },
    partial: ["Not finished yet: more will come."],
  });
});

it("writes a page with the pictures in it, that may run, load and send nothing", async () => {
  const answer = await get("format=html");
  expect(answer.headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
  const page = textOf(answer);
  expect(page.match(/<img src="data:image\/jpeg;base64,/g)).toHaveLength(2);
  expect(textOf(await get("format=html&slide=2")).match(/<img /g)).toHaveLength(1);
});

it("refuses what is not there, and who has no key", async () => {
  expectProblem(await get("format=pdf"), "BAD_REQUEST");
  expectProblem(await get("format=md&task=poetry"), "TASK_NOT_FOUND");
  expectProblem(await get("format=md&slide=3"), "SLIDE_NOT_FOUND");
  expectProblem(await get("format=md&generation=2"), "BAD_REQUEST");
  const path = `/api/documents/${id}/export?format=md`;
  expectProblem(await call(plane.app, "GET", path), "UNAUTHORIZED");
});
