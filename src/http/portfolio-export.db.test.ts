import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import {
  type ControlPlane,
  call as callApp,
  createControlPlane,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { createDeckReader } from "../../test/support/read-decks.ts";
import { portfolio } from "../contract/portfolio.ts";
import { createPortfolio } from "../services/portfolio.ts";

let db: TestDatabase;
let plane: ControlPlane;
const ids: Record<string, string> = {};

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  const reader = await createDeckReader(plane);
  const decks = {
    aurora: { name: "a.pdf", company: "Aurora", ask: { amount: 2e6, currency: "EUR" } },
    borealis: {
      ...{ name: "b.pdf", company: "=Borealis", conflicts: 1 },
      ask: { amount: 3e6, currency: "USD" },
    },
    ceres: { name: "c.pdf", company: null, ask: null },
    dione: { name: "d.pdf", company: "Dione", ask: { amount: 5e5, currency: "EUR" } },
  };
  for (const [key, deck] of Object.entries(decks)) {
    ids[key] = await reader.submit({ ...deck, slides: [key] });
  }
  await reader.read();
  // Results are taken into the table when it is looked at.
  await call("portfolio");
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const call = (path: string) => callApp(plane.app, "GET", `/api/workspaces/default/${path}`);

it("exports what is filtered, and gives a spreadsheet no formula", async () => {
  const { raw, headers } = await call("portfolio/export?fields=startup_name,funding_amount");
  const text = raw.toString();
  expect(headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(text).toContain(
    "Document,File,Deck,Version,Run of file,Uploaded,State,Slides,Company,Company (status)",
  );
  expect(text).toContain('\'=Borealis,in conflict,"3000000 USD"'.replaceAll('"', ""));
  expect(text).toContain(",not found,,not found");
  expect(text.trim().split("\r\n")).toHaveLength(5);
  const { body } = await call("portfolio/export?format=json&filter=startup_name:found");
  expect(body.rows).toHaveLength(3);
  expect(headers["content-disposition"]).toContain('"portfolio.csv"');
});

it("exports the first of too many, and says so without a word in the table", async () => {
  const few = createPortfolio(plane.context, plane.services.documents, { rowsMax: 3, pageMax: 2 });
  vi.spyOn(plane.services.portfolio, "readAll").mockImplementation(few.readAll);
  onTestFinished(() => void vi.restoreAllMocks());
  const { body } = await call("portfolio/export?format=json&sort=deck.submitted");
  expect(portfolio.parse(body)).toEqual(body);
  expect(body.rows.map(({ document }: { document: string }) => document)).toEqual([
    ...[ids.aurora, ids.borealis, ids.ceres],
  ]);
  expect(body).toMatchObject({ total: 4, nextCursor: null });
  expect(body.notes).toContainEqual(expect.stringMatching(/^Only the first 3 of 4 decks/));
  const { raw, headers } = await call("portfolio/export");
  expect(raw.toString().trim().split("\r\n")).toHaveLength(4);
  expect(headers["content-disposition"]).toContain('"portfolio-first-3-of-4.csv"');
  const whole = await call("portfolio/export?format=json&filter=startup_name:found");
  expect(whole.body).toMatchObject({ rows: { length: 3 }, notes: [], nextCursor: null });
});
