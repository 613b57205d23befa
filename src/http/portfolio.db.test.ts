import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type ControlPlane,
  call as callApp,
  createControlPlane,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { createDeckReader } from "../../test/support/read-decks.ts";
import { askAnswer } from "../contract/ask.ts";
import { comparison } from "../contract/compare.ts";
import { portfolio, searchAnswer, versionList } from "../contract/portfolio.ts";
import { AppError } from "../errors/app-error.ts";
import type { DeckAsker, ModelSaid } from "../services/asks.ts";

let db: TestDatabase;
let plane: ControlPlane;
let reader: Awaited<ReturnType<typeof createDeckReader>>;
const ids: Record<string, string> = {};

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  await db.sql`insert into workspaces (id, name) values ('other', 'Other')`;
  reader = await createDeckReader(plane);
  const ask = (amount: number, currency = "EUR") => ({ amount, currency });
  const decks = {
    aurora: {
      ...{ name: "aurora-deck.pdf", company: "Aurora Bio", ask: ask(2_000_000), date: "2026-03" },
      ...{ slides: ["Aurora Bio\nWe find arrhythmias early", "Team\nAnna"], score: 2.5 },
    },
    borealis: {
      ...{ name: "b.pdf", company: "=Borealis", ask: ask(3_000_000, "USD"), conflicts: 1 },
      slides: ["Borealis\nPatients with arrhythmia", "Ask\n<b>3M</b> for running trials"],
    },
    ceres: { name: "c.pdf", company: null, ask: null, slides: ["Ceres\nFarm robots run"] },
    dione: { name: "d.pdf", company: "Dione", ask: ask(500_000), slides: ["Dione", ""] },
    foreign: { workspace: "other", name: "f.pdf", company: "Foreign", slides: ["arrhythmia"] },
  };
  for (const [key, deck] of Object.entries(decks)) ids[key] = await reader.submit(deck);
  await reader.read();
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const call = (path: string, workspace = "default", body?: object): Promise<Answer> =>
  callApp(plane.app, body ? "POST" : "GET", `/api/workspaces/${workspace}/${path}`, { body });

async function names(query: string): Promise<string[]> {
  const { body } = await call(`portfolio?${query}`);
  expect(portfolio.parse(body)).toEqual(body);
  return portfolio.parse(body).rows.map(({ name }) => name[0] ?? "");
}
const filtered = (...filters: string[]) =>
  names(
    `sort=deck.submitted&${filters.map((one) => `filter=${encodeURIComponent(one)}`).join("&")}`,
  );

it("shows each deck of the workspace with its fields, the newest first", async () => {
  const { body } = await call("portfolio");
  expect(body.rows.map(({ document }: { document: string }) => document)).toEqual([
    ids.dione,
    ids.ceres,
    ids.borealis,
    ids.aurora,
  ]);
  expect(body.total).toBe(4);
  expect(body.rows[3].cells["extractions.funding_amount"]).toMatchObject({
    ...{ shown: "2000000 EUR", conflicts: 0, confidence: 0.9, review: null },
  });
  expect(body.columns.map(({ path }: { path: string }) => path)).toContain("template.score");
});

it("filters by what a field says, or that it says nothing", async () => {
  expect(await filtered("startup_name:contains:auro")).toEqual(["a"]);
  expect(await filtered("startup_name:is:dione")).toEqual(["d"]);
  expect(await filtered("funding_amount:from:1M EUR")).toEqual(["a"]);
  expect(await filtered("funding_amount:to:2M EUR")).toEqual(["a", "d"]);
  expect(await filtered("funding_amount:missing")).toEqual(["c"]);
  expect(await filtered("funding_amount:found", "score:from:3")).toEqual(["b", "d"]);
  expect(await filtered("startup_name:conflict")).toEqual(["b"]);
  expect(await filtered("deck_date:from:2026", "deck_date:to:2026-03")).toEqual(["a"]);
  expect(await filtered("deck.state:is:done", "deck.pages:to:1")).toEqual(["c"]);
  expect(await filtered("deck.name:is:AURORA bio")).toEqual(["a"]);
  expect(await filtered("deck.name:is:c.pdf")).toEqual(["c"]);
  expect(await filtered("deck.state:contains:don", "deck.pages:is:1")).toEqual(["c"]);
  const day = (await call("portfolio")).body.rows[0].createdAt.slice(0, 10);
  const before = new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
  for (const part of [day, day.slice(0, 7), day.slice(0, 4)]) {
    expect(await filtered(`deck.submitted:is:${part}`, "deck.name:is:dione")).toEqual(["d"]);
  }
  expect(await filtered(`deck.submitted:is:${before}`)).toEqual([]);
  expect(await filtered(`deck.submitted:to:${before}`)).toEqual([]);
  for (const filter of [
    "funding_amount:from:1000",
    "nothing:found",
    "score:from:many",
    "score:over:1",
    "deck.name:missing",
    "deck.submitted:is:yesterday",
    "deck.version:is:2",
    "deck.nothing:is:1",
  ]) {
    expectProblem(await call(`portfolio?filter=${encodeURIComponent(filter)}`), "BAD_REQUEST");
  }
});

it("sorts amounts within their currency, and what has none last, page by page", async () => {
  const sorted = async (sort: string): Promise<string[]> => {
    const all: string[] = [];
    let cursor = "";
    do {
      const { body } = await call(`portfolio?limit=1&sort=${sort}${cursor}`);
      all.push(...body.rows.map(({ name }: { name: string }) => name[0]));
      cursor = body.nextCursor === null ? "" : `&cursor=${body.nextCursor}`;
    } while (cursor !== "");
    return all;
  };
  expect(await sorted("funding_amount")).toEqual(["d", "a", "b", "c"]);
  expect(await sorted("-funding_amount")).toEqual(["a", "d", "b", "c"]);
  expect(await sorted("startup_name")).toEqual(["b", "a", "d", "c"]);
  expect(await sorted("-deck.name")).toEqual(["d", "c", "a", "b"]);
  const { body } = await call("portfolio?sort=funding_amount");
  expect(body.notes).toEqual([expect.stringContaining("within each currency (EUR, USD)")]);
});

it("finds slides by words as written and by their stems, and marks them", async () => {
  const search = async (q: string, workspace = "default") => {
    const { body } = await call(`search?q=${encodeURIComponent(q)}`, workspace);
    expect(searchAnswer.parse(body)).toEqual(body);
    return searchAnswer.parse(body);
  };
  const { hits, total } = await search("arrhythmia");
  expect(hits.map(({ document }) => document)).toEqual(
    expect.arrayContaining([ids.borealis, ids.aurora]),
  );
  expect(total).toBe(2);
  const [run] = (await search("running trials")).hits;
  expect(run).toMatchObject({ document: ids.borealis, slide: 2, company: "=Borealis" });
  expect(run?.snippet.filter(({ marked }) => marked).map(({ text }) => text)).toEqual([
    ...["running", "trials"],
  ]);
  expect(run?.quote).toBe("<b>3M</b> for running trials");
  expect((await search("arrhyth")).total).toBe(2);
  expect((await search("robots -farm")).total).toBe(0);
  expect((await search("arrhythmia", "other")).hits.map(({ name }) => name)).toEqual(["f.pdf"]);
  expect((await search("'); drop table x; -- & |")).total).toBe(0);
  const first = await call("search?q=arrhythmia&limit=1");
  const rest = await call(`search?q=arrhythmia&limit=1&cursor=${first.body.nextCursor}`);
  expect(rest.body.nextCursor).toBeNull();
  expect(rest.body.hits[0].document).not.toBe(first.body.hits[0].document);
  for (const key of [
    { rank: "high", document: 1, slide: 1 },
    { rank: 1, document: 1.5 },
    7,
    null,
  ]) {
    const cursor = Buffer.from(JSON.stringify(key)).toString("base64url");
    expect((await call(`search?q=arrhythmia&cursor=${cursor}`)).body.code).toBe("BAD_REQUEST");
    expect((await call(`portfolio?cursor=${cursor}`)).body.code).toBe("BAD_REQUEST");
  }
  const { body } = await call("portfolio?q=arrhythmia");
  expect(body.rows.map(({ hit }: { hit: { slide: number } }) => hit.slide)).toEqual([1, 1]);
});

it("shows what a person said, and forgets a deck that is deleted", async () => {
  const path = "extractions.startup_name";
  await call(`documents/${ids.dione}/reviews`, "default", {
    path,
    verdict: "corrected",
    value: "Zeus",
  });
  expect(await names("sort=-startup_name")).toEqual(["d", "a", "b", "c"]);
  expect(await filtered("startup_name:corrected")).toEqual(["d"]);
  expect(await filtered("startup_name:contains:dione")).toEqual([]);
  await callApp(plane.app, "DELETE", `/api/documents/${ids.dione}`);
  expect(await names("sort=deck.name")).toEqual(["b", "a", "c"]);
  const [left] = await db.sql`
    select (select count(*) from slide_texts t join documents d on d.id = t.document_id where d.deleted_at is not null)
      + (select count(*) from portfolio_fields where shown = 'Zeus') as rows`;
  expect(left).toEqual({ rows: 0 });
});

it("numbers uploads of one company, and lets a person part and join them", async () => {
  const version = async (id: string | undefined) => (await call(`documents/${id}`)).body.version;
  const second = await reader.submit({
    name: "Aurora deck v2.pdf",
    slides: ["New"],
    company: null,
  });
  await call("portfolio");
  // Before it is read its file's name tells.
  expect(await version(second)).toMatchObject({ number: 2, of: 2 });
  const third = await reader.submit({ name: "x.pdf", company: "AURORA BIO GmbH", slides: ["x"] });
  await reader.read();
  await call("portfolio");
  expect(await version(ids.aurora)).toMatchObject({ number: 1, of: 3 });
  expect(await version(second)).toMatchObject({ number: 2, of: 3 });
  expect(await version(third)).toMatchObject({ number: 3, of: 3 });
  expect(await version(ids.ceres)).toBeNull();
  const parted = await call(`documents/${third}/version`, "default", { of: null, by: "anna" });
  expect(parted.body.version).toBeNull();
  const joined = await call(`documents/${ids.ceres}/version`, "default", { of: ids.aurora });
  expect(joined.body.version).toMatchObject({ number: 2, of: 3 });
  const { body } = await call(`documents/${second}/versions`);
  expect(body.versions.map(({ document }: { document: string }) => document)).toEqual([
    ...[ids.aurora, ids.ceres, second],
  ]);
  expect(await filtered("deck.version:is:newest")).toEqual(["b", "A", "x"]);
  expectProblem(
    await call(`documents/${second}/version`, "default", { of: ids.foreign }),
    "DOCUMENT_NOT_FOUND",
  );
  expectProblem(
    await call(`documents/${second}/version`, "default", { of: second }),
    "BAD_REQUEST",
  );
});

describe("the same bytes again", () => {
  const sha256 = "ab".repeat(32);
  const of = async (id: string) => {
    const { version, fileRun } = (await call(`documents/${id}`)).body;
    return [version?.number ?? null, version?.of ?? null, fileRun?.number ?? null];
  };
  const told: string[] = [];

  it("are another run of the same version, whatever their names, and of its deck", async () => {
    const deck = { slides: ["Nereid"], company: "Nereid", sha256 };
    // Neither its name nor, in this run, the company says whose it is.
    told.push(await reader.submit({ ...deck, name: "final.pdf", company: null }));
    told.push(await reader.submit({ ...deck, name: "nereid v2.pdf", sha256: "ac".repeat(32) }));
    told.push(await reader.submit({ ...deck, name: "unnamed.pdf" }));
    const [first = "", second = "", again = ""] = told;
    const notes = ["3 decks are still being read and are not searched yet."];
    expect((await call("search?q=nereid")).body).toMatchObject({ hits: [], notes });
    expect((await call("portfolio?q=nereid")).body).toMatchObject({ rows: [], notes });
    expect((await call("documents?q=nobody")).body.notes).toEqual([
      expect.stringContaining("3 decks are still being read: so far only"),
    ]);
    expect((await call("documents?q=unnamed")).body.notes).toBeUndefined();
    await reader.read();
    await call("portfolio");
    expect(await of(first)).toEqual([1, 2, 1]);
    expect(await of(second)).toEqual([2, 2, null]);
    expect(await of(again)).toEqual([1, 2, 2]);
    const { body } = await call(`documents/${first}/versions`);
    expect(versionList.parse(body)).toEqual(body);
    expect(body.versions).toMatchObject([
      { document: first, number: 1, fileRun: { number: 1, of: 2 }, state: "done" },
      { document: again, number: 1, fileRun: { number: 2, of: 2 } },
      { document: second, number: 2, fileRun: null },
    ]);
    expect(await filtered("deck.version:is:newest", "startup_name:is:nereid")).toEqual(["n"]);
    expect((await call(`documents/${first}/compare/${again}`)).body.sameFile).toBe(true);
    expect((await call("documents?q=nobody")).body.notes).toEqual([]);
    expect((await call("search?q=nereid")).body.notes).toEqual([]);
    expect((await call("search?q=nereid")).body.hits.map(fileRunOf).sort()).toEqual([0, 1, 2]);
  });

  it("go where a person says any of them goes, also those that come later", async () => {
    const [first = "", second = "", again = ""] = told;
    await call(`documents/${again}/version`, "default", { of: null });
    expect(await of(first)).toEqual([null, null, 1]);
    expect(await of(second)).toEqual([null, null, null]);
    const third = await reader.submit({
      ...{ name: "nereid.pdf", company: "Nereid", slides: ["Nereid"], sha256 },
    });
    await call("portfolio");
    for (const id of [first, again]) await callApp(plane.app, "DELETE", `/api/documents/${id}`);
    await reader.read();
    await call("portfolio");
    expect(await of(third)).toEqual([null, null, null]);
    const joined = await call(`documents/${third}/version`, "default", { of: second });
    expect(joined.body).toMatchObject({ version: { number: 2, of: 2 }, fileRun: null });
  });
});
const fileRunOf = ({ fileRun }: { fileRun: { number: number } | null }) => fileRun?.number ?? 0;

it("compares two documents of the workspace, as JSON and as Markdown", async () => {
  const slides = (first: string) => [first, "Our team\nAnna and Ben", "We raise for trials"];
  const deck = { name: "zephyr.pdf", company: "Zephyr", date: "2026-01" };
  const before = await reader.submit({
    ...{ ...deck, ask: { amount: 1e6, currency: "EUR" }, score: 2 },
    ...{ slides: slides("*Zephyr* heals hearts"), findings: { 1: ["Too small"], 2: ["Too dark"] } },
  });
  const after = await reader.submit({
    ...{ ...deck, ask: { amount: 2e6, currency: "EUR" }, score: 4 },
    ...{ slides: ["A new market slide", ...slides("*Zephyr* heals lungs")] },
    findings: { 3: ["Too dark"], 1: ["Too long"] },
  });
  await reader.read();
  const { body } = await call(`documents/${before}/compare/${after}`);
  expect(comparison.parse(body)).toEqual(body);
  expect(body.fields).toMatchObject([
    { path: "extractions.funding_amount", shownA: "1000000 EUR", shownB: "2000000 EUR" },
  ]);
  expect(body.slides.map(({ change }: { change: string }) => change)).toEqual([
    ...["added", "changed", "same", "same"],
  ]);
  expect(body.findings.map(({ change, what }: Record<string, string>) => [what, change])).toEqual([
    ["Too small", "fixed"],
    ["Too dark", "still"],
    ["Too long", "new"],
  ]);
  expect(body.score).toEqual({ a: 2, b: 4 });
  const { raw } = await call(`documents/${before}/compare/${after}?format=md`);
  expect(raw.toString()).toContain("- Ask: 1000000 EUR before, 2000000 EUR now");
  expect(raw.toString()).toContain("  - before: \\*Zephyr\\* heals hearts");
  expectProblem(await call(`documents/${before}/compare/${ids.foreign}`), "DOCUMENT_NOT_FOUND");
});

describe("a question", () => {
  const ask = (id: string | undefined, question: string, workspace = "default") =>
    call(`documents/${id}/ask`, workspace, { question });
  const alike = (name: string, place: string) => ({
    ...{ name: `${name}.pdf`, company: name },
    slides: [`${name} heals hearts`, `Our study\nRan at ${place} with 120 patients`],
  });

  it("is answered from the words of that one document, each quote with its slide", async () => {
    const [one, other] = [
      await reader.submit(alike("Helios", "Berlin")),
      await reader.submit(alike("Selene", "Vienna")),
    ];
    const early = await ask(one, "Where did the study run?");
    expect(early.body).toMatchObject({ answer: null, complete: false, quotes: [] });
    await reader.read();
    for (const [id, place] of [
      [one, "Berlin"],
      [other, "Vienna"],
    ] as const) {
      const { body } = await ask(id, "Where did the study with patients run?");
      expect(askAnswer.parse(body)).toEqual(body);
      expect(body.quotes).toEqual([{ slide: 2, quote: expect.stringContaining(place) }]);
      expect(body.engine).toEqual({ name: "built_in", model: null });
      const name = (await ask(id, "What is the name of the company?")).body;
      expect(name).toMatchObject({ from: "field", answer: expect.stringMatching(/Helios|Selene/) });
      expect(JSON.stringify([body, name])).not.toMatch(
        id === one ? /Vienna|Selene/ : /Berlin|Helios/,
      );
    }
    expect((await ask(one, "Which patents do they hold?")).body.answer).toBeNull();
    expectProblem(await ask(ids.foreign, "Who?"), "DOCUMENT_NOT_FOUND");
    expectProblem(await ask(one, " "), "BAD_REQUEST");
    const [kept] =
      await db.sql`select count(*)::int as rows from events where data::text like '%patents%'`;
    expect(kept).toEqual({ rows: 0 });
  });

  it("goes to a model where there is one, and only quotes that stand on their slides come back", async () => {
    let said: ModelSaid | Error = new AppError("ENGINE_UNREACHABLE");
    let seen = "";
    const asker: DeckAsker = {
      engine: { name: "openai", model: "m" },
      async ask(_question, slides) {
        seen = JSON.stringify(slides);
        if (said instanceof Error) throw said;
        return said;
      },
    };
    const own = await createControlPlane(db, { asker });
    const read = await createDeckReader(own);
    const id = await read.submit(alike("Eos", "Oslo"));
    await read.read();
    const question = { question: "Where did the study with patients run?" };
    const answered = async () =>
      (await callApp(own.app, "POST", `/api/documents/${id}/ask`, { body: question })).body;
    expect(await answered()).toMatchObject({
      ...{ engine: { name: "built_in" }, quotes: [{ slide: 2 }] },
      notes: [expect.stringContaining("m did not answer")],
    });
    const quotes = [
      { slide: 2, quote: "Ran at Oslo" },
      { slide: 1, quote: "Ran at Paris with 9 patients" },
    ];
    said = { answer: "In Oslo.", quotes };
    expect(await answered()).toMatchObject({
      ...{ answer: "In Oslo.", from: "model", engine: { name: "openai", model: "m" } },
      ...{ quotes: [quotes[0]], notes: [expect.stringContaining("1 of its quotes")] },
    });
    said = { answer: "In Paris.", quotes: quotes.slice(1) };
    expect(await answered()).toMatchObject({ answer: null, quotes: [] });
    said = { answer: null, quotes: [] };
    expect(await answered()).toMatchObject({ answer: null, notes: [] });
    expect(seen).toContain("Oslo");
    expect(seen).not.toMatch(/Berlin|Vienna|arrhythmia/);
    await own.close();
  });
});
