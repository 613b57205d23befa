import { copyFile, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestContext,
  exampleDeck,
  type TestContext,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, factsOf, submitSource } from "../../test/support/queue.ts";
import { documentKey } from "../blobs/blobs.ts";
import { applyMoves } from "../db/moves.ts";
import { defaultPdfLimits } from "../pdf/index.ts";
import { createFetcher } from "./fetcher.ts";

let db: TestDatabase;
let context: TestContext;
let root = "";
beforeAll(async () => {
  db = await createTestDatabase();
  context = await createTestContext(db);
  root = join(context.dir, "decks");
  await mkdir(join(root, "a folder"), { recursive: true });
  await copyFile(exampleDeck, join(root, "deck one.pdf"));
  await copyFile(exampleDeck, join(context.dir, "outside.pdf"));
  await symlink(join(context.dir, "outside.pdf"), join(root, "link.pdf"));
  await writeFile(join(root, "text.pdf"), "no pdf at all");
  await activateGraph(db.sql, "one", [{ name: "a" }]);
});
afterAll(async () => {
  await context.close();
  await db.drop();
});

/** Starting ticks once; stopping waits for that tick. */
async function fetchAll(): Promise<void> {
  const tempDir = join(context.dir, "tmp");
  const fetcher = createFetcher(context, {
    roots: [root, join(context.dir, "no such root")],
    tempDir,
    limits: defaultPdfLimits,
    presentations: { sofficePath: null, convertMs: 1 },
    everyMs: 3_600_000,
  });
  await fetcher.start();
  await fetcher.stop();
  expect(await readdir(tempDir)).toEqual([]);
}
const uriOf = (name: string) => pathToFileURL(join(root, name)).href;

describe("the fetcher", () => {
  it("brings in a document from an allowed folder and frees its first tasks", async () => {
    const { id, document } = await submitSource(db.sql, "one", uriOf("deck one.pdf"));
    await fetchAll();
    expect(await factsOf(db.sql, id)).toMatchObject({ state: "active", tasks: { a: "ready" } });
    const [row] =
      await db.sql`select sha256, pages, bytes from documents where public_id = ${document}`;
    expect(row!.pages).toBeGreaterThan(5);
    expect(await context.blobs.has(documentKey("default", row!.sha256))).toBe(true);
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: id, by: "test" }]);
  });

  it("refuses a document with more pages than its pack takes", async () => {
    await db.sql`update packs set content = jsonb_set(content::jsonb, '{limits,slidesMax}', '2')`;
    const { id } = await submitSource(db.sql, "one", uriOf("deck one.pdf"));
    await fetchAll();
    const [row] = await db.sql`select state, failure from pipelines where id = ${id}`;
    expect(row).toMatchObject({ state: "failed", failure: { code: "PDF_TOO_MANY_PAGES" } });
    await db.sql`update packs set content = jsonb_set(content::jsonb, '{limits,slidesMax}', '300')`;
  });

  it.each([
    [
      "a file outside",
      () => pathToFileURL(join(context.dir, "outside.pdf")).href,
      "SOURCE_UNAVAILABLE",
    ],
    ["a way out of the folder", () => `${uriOf("x")}/../../outside.pdf`, "SOURCE_UNAVAILABLE"],
    ["a link that leads outside", () => uriOf("link.pdf"), "SOURCE_UNAVAILABLE"],
    ["a file that is not there", () => uriOf("nothing.pdf"), "SOURCE_UNAVAILABLE"],
    ["a folder", () => uriOf("a folder"), "SOURCE_UNAVAILABLE"],
    ["the root itself", () => pathToFileURL(root).href, "SOURCE_UNAVAILABLE"],
    ["another machine's file", () => "file://machine/share/deck.pdf", "SOURCE_UNAVAILABLE"],
    ["an address that is none", () => "file://%zz", "SOURCE_UNAVAILABLE"],
    ["an escaped slash", () => `${uriOf("x")}%2F..%2Fdeck.pdf`, "SOURCE_UNAVAILABLE"],
    ["another scheme", () => "https://decks.example/deck.pdf", "SOURCE_UNAVAILABLE"],
    ["something that is no PDF", () => uriOf("text.pdf"), "NOT_A_PDF"],
  ])("refuses %s, and does not let it stand before the others", async (_title, uri, code) => {
    const bad = await submitSource(db.sql, "one", uri());
    const good = await submitSource(db.sql, "one", uriOf("deck one.pdf"));
    await fetchAll();
    expect((await factsOf(db.sql, bad.id)).state).toBe("failed");
    const [row] =
      await db.sql`select failure ->> 'code' as code from pipelines where id = ${bad.id}`;
    expect(row).toEqual({ code });
    expect((await factsOf(db.sql, good.id)).state).toBe("active");
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: good.id, by: "test" }]);
  });

  it("leaves a document that was cancelled meanwhile", async () => {
    const { id } = await submitSource(db.sql, "one", uriOf("deck one.pdf"));
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: id, by: "test" }]);
    await fetchAll();
    expect((await factsOf(db.sql, id)).state).toBe("cancelled");
  });
});
