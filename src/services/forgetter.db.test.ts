import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestContext, type TestContext } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  factsOf,
  hashOf,
  lockWaits,
  openTransaction,
  type Submitted,
  submit,
} from "../../test/support/queue.ts";
import { type Blobs, documentKey, pageKey } from "../blobs/blobs.ts";
import { deleteDocument, holdFile } from "../db/deletion.ts";
import { applyMoves } from "../db/moves.ts";
import { addReview } from "../db/reviews.ts";
import { createDeletions } from "./deletions.ts";
import { sweepFiles, sweepTemporary } from "./file-sweep.ts";
import { createForgetter } from "./forgetter.ts";

let db: TestDatabase;
let context: TestContext;
beforeAll(async () => {
  db = await createTestDatabase();
  context = await createTestContext(db);
  await activateGraph(db.sql, "one", [{ name: "a" }]);
});
afterAll(async () => {
  await context.close();
  await db.drop();
});
beforeEach(async () => {
  await db.sql`delete from forgotten_files`;
});

const isBroken = async () => {
  throw new Error("the disk is gone");
};
const forgetterWith = (blobs: Partial<Blobs> = {}, cache = isEmpty) =>
  createForgetter(
    { ...context, blobs: { ...context.blobs, ...blobs } },
    { everyMs: 60_000, cache: { direct: { remove: cache, use: async () => ({}), evict: cache } } },
  );
const isEmpty = async () => 0;
const forgetter = () => forgetterWith();
const listed = () => db.sql`select sha256, due_at > pl_now() as later from forgotten_files`;
const makeDue = (ageMinutes = 0) => db.sql`
  update forgotten_files set due_at = pl_now(), forgotten_at = forgotten_at - ${ageMinutes} * interval '1 minute'`;

/** A document with its file and a picture. */
async function stored(name: string): Promise<Submitted & { sha256: string; keys: string[] }> {
  const sha256 = hashOf(name);
  const keys = [documentKey("default", sha256), pageKey("default", sha256, 1, 640)];
  for (const key of keys) await context.blobs.put(key, Buffer.from(name));
  return { ...(await submit(db.sql, "one", { sha256 })), sha256, keys };
}
const kept = async (keys: readonly string[]): Promise<string[]> => {
  const has = await Promise.all(keys.map((key) => context.blobs.has(key)));
  return keys.filter((_, at) => has[at]);
};
const remove = (id: string) => deleteDocument(db.sql, "default", id, "test");

describe("the forgetter", () => {
  it("tries again until a file is gone, whoever asked for its deletion", async () => {
    const { document, keys, sha256 } = await stored("stubborn");
    const failing = forgetterWith({ remove: isBroken });
    await createDeletions(context, failing).remove("default", document, "test");
    expect(await kept(keys)).toEqual(keys);
    expect(await listed()).toEqual([{ sha256, later: true }]);
    // Not before its time.
    expect(await forgetter().tick()).toBe(0);
    await makeDue();
    expect(await forgetter().tick()).toBe(1);
    expect(await kept(keys)).toEqual([]);
  });

  it("removes files even while the server of cached readings does not answer", async () => {
    const { document, keys } = await stored("no cache");
    await remove(document);
    await forgetterWith({}, isBroken).tick();
    expect(await kept(keys)).toEqual([]);
    const asked: unknown[] = [];
    await makeDue();
    await forgetterWith({}, async (...of: unknown[]) => asked.push(...of)).tick();
    expect(asked).toEqual([{ workspace: "default", sha256: hashOf("no cache") }]);
  });

  it("looks once more later: what was begun before may have written after", async () => {
    const { document, keys } = await stored("late");
    await remove(document);
    await forgetter().tick();
    await context.blobs.put(keys[1] ?? "", Buffer.from("drawn meanwhile"));
    expect(await listed()).toHaveLength(1);
    await makeDue(11);
    await forgetter().tick();
    expect(await kept(keys)).toEqual([]);
    expect(await listed()).toHaveLength(0);
  });

  it("leaves bytes alone that somebody has sent again", async () => {
    const { document, keys } = await stored("again");
    await remove(document);
    await stored("again");
    await forgetter().tick();
    expect(await kept(keys)).toEqual(keys);
    expect(await listed()).toHaveLength(0);
  });
});

describe("a deletion", () => {
  it("of the last two documents of the same bytes at once takes the bytes along", async () => {
    const first = await stored("twice");
    const second = await stored("twice");
    const open = await openTransaction(db.sql);
    await deleteDocument(open.tx, "default", first.document, "test");
    let isDone = false;
    const other = remove(second.document).finally(() => {
      isDone = true;
    });
    await lockWaits(db.sql, () => isDone);
    expect(isDone).toBe(false);
    await open.commit();
    await other;
    expect(await listed()).toEqual([{ sha256: first.sha256, later: false }]);
  });

  it("waits for an upload of the same bytes, which then keeps them", async () => {
    const { document, sha256 } = await stored("meanwhile");
    const open = await openTransaction(db.sql);
    await holdFile(open.tx, { workspace: "default", sha256 });
    await submit(open.tx, "one", { sha256 });
    let isDone = false;
    const gone = remove(document).finally(() => {
      isDone = true;
    });
    await lockWaits(db.sql, () => isDone);
    await open.commit();
    expect(await gone).toMatchObject({ document, deletedBy: "test" });
    expect(await listed()).toHaveLength(0);
  });

  it("is final: nothing that was asked for before it brings work or words back", async () => {
    const { id, pipeline } = await stored("final");
    const [row] = await db.sql<{ id: number }[]>`
      select document_id as id from pipelines where id = ${id}`;
    await remove(pipeline);
    expect(await factsOf(db.sql, id)).toMatchObject({ state: "cancelled" });
    const fetched = { sha256: hashOf("final"), bytes: 1, pages: 1 };
    const moves = [
      { kind: "retry", pipeline: id, by: "test" },
      { kind: "rerun", pipeline: id, by: "test" },
      { kind: "fetched", pipeline: id, ...fetched },
    ] as const;
    expect(await applyMoves(db.sql, moves)).toEqual([false, false, false]);
    const said = { task: "a", path: "a.b", seen: "words", corrected: null };
    const about = { document: row?.id ?? 0, pipeline: id, generation: 1, note: null, by: "test" };
    expect(await addReview(db.sql, { ...said, ...about, verdict: "flagged" })).toBe(false);
    expect(await db.sql`select 1 from reviews`).toHaveLength(0);
  });
});

describe("the sweep of files", () => {
  const aDay = 86_400_000;
  beforeEach(() => context.blobs.removeBelow("default"));

  it("finds old files that no document refers to, and they go a day later", async () => {
    const wanted = await stored("wanted");
    const lost = hashOf("lost");
    const keys = [documentKey("default", lost), pageKey("default", lost, 1, 640)];
    for (const key of keys) await context.blobs.put(key, Buffer.from("x"));
    expect(await sweepFiles(context, "test")).toBe(0);
    context.advance(aDay);
    expect(await sweepFiles(context, "test")).toBe(1);
    expect(await listed()).toEqual([{ sha256: lost, later: true }]);
    await makeDue(24 * 60);
    await forgetter().tick();
    expect(await kept([...keys, ...wanted.keys])).toEqual(wanted.keys);
    expect(await listed()).toHaveLength(0);
  });

  it("leaves files of another installation alone", async () => {
    await context.blobs.put(documentKey("default", hashOf("theirs")), Buffer.from("x"));
    context.advance(aDay);
    expect(await sweepFiles(context, "another")).toBe(0);
    expect(await sweepFiles(context, "test")).toBe(1);
  });

  it("removes temporary files of a process that died long ago, and no younger ones", async () => {
    const folder = join(context.dir, "tmp");
    await mkdir(join(folder, "vision-1"), { recursive: true });
    for (const name of ["old.pdf", "new.pdf"]) await writeFile(join(folder, name), "words");
    const old = (context.clock.nowMs() - 2 * aDay) / 1000;
    await utimes(join(folder, "old.pdf"), old, old);
    const now = context.clock.nowMs() / 1000;
    await utimes(join(folder, "new.pdf"), now, now);
    expect(await sweepTemporary(context, folder)).toBe(1);
    expect((await readdir(folder)).sort()).toEqual(["new.pdf", "vision-1"]);
  });
});
