import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  factsOf,
  hashOf,
  session,
  submit,
} from "../../test/support/queue.ts";
import { listenForWork } from "./events.ts";
import { ensureInstallation, raiseEpoch } from "./installation.ts";
import { promoteDelayed } from "./moves.ts";

/** Another backend: it knows SQL and nothing of ours. */
let db: TestDatabase;
let container = "";
beforeAll(async () => {
  db = await createTestDatabase();
  await ensureInstallation(db.sql, "doors");
  await raiseEpoch(db.sql, 1000);
  await activateGraph(db.sql, "pair", [
    { name: "a", attempts: 2 },
    { name: "b", after: "a" },
  ]);
  container = await addContainer(db.sql);
});
afterAll(() => db.drop());

interface Task {
  readonly lease: string;
  readonly task: string;
  readonly pipeline_id: string;
  readonly document_sha256: string;
}
const next = async (): Promise<Task | undefined> =>
  (await db.sql<Task[]>`select * from get_next_processing_task(${container})`)[0];
const progress = async (lease: string, percent: number) =>
  (await db.sql`select update_task_progress(${lease}, ${percent}) as ok`)[0]!.ok;
const complete = async (lease: string, success: boolean, code = "MODEL_TIMEOUT") =>
  (await db.sql`select complete_task(${lease}, ${success}, '{"ok": true}', ${code}) as ok`)[0]!.ok;
/** Fails the task that is next, again and again; answers what it is after each try. */
const failAll = async (id: number, tries: number): Promise<(string | undefined)[]> => {
  const seen: (string | undefined)[] = [];
  for (let n = 0; n < tries; n += 1) {
    await db.sql`update delayed set run_at = now()`;
    await promoteDelayed(db.sql);
    expect(await complete((await next())!.lease, false)).toBe(true);
    seen.push((await factsOf(db.sql, id)).tasks.a);
  }
  return seen;
};
const rerun = async (pipeline: string, task: string | null = null) =>
  (await db.sql`select rerun_task(${pipeline}, ${task}) as ok`)[0]!.ok;
const retry = async (pipeline: string, task: string | null = null) =>
  (await db.sql`select retry_failed_task(${pipeline}, ${task}) as ok`)[0]!.ok;

describe("the SQL functions for other backends", () => {
  it("take a document through its whole life", async () => {
    const sha256 = hashOf("life");
    const made = await submit(db.sql, "pair", { sha256 });
    const first = (await next())!;
    expect(first).toMatchObject({ task: "a", pipeline_id: made.pipeline, document_sha256: sha256 });
    expect(await progress(first.lease, 50)).toBe(true);
    expect(await complete(first.lease, true)).toBe(true);
    const second = (await next())!;
    expect(await complete(second.lease, true)).toBe(true);
    expect((await factsOf(db.sql, made.id)).state).toBe("done");
    expect(await next()).toBeUndefined();
  });

  it("submit inside the caller's transaction, or not at all", async () => {
    const sha256 = hashOf("rolled back");
    await expect(
      db.sql.begin(async (tx) => {
        await submit(tx, "pair", { sha256 });
        throw new Error("the caller thought better of it");
      }),
    ).rejects.toThrow("better");
    expect(await db.sql`select 1 from documents where sha256 = ${sha256}`).toEqual([]);
    expect(await db.sql`select 1 from ready`).toEqual([]);
  });

  it("wake the control plane when they submit, once the transaction is committed", async () => {
    const listener = session(db.url);
    let heard: () => void = () => {};
    const word = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const listening = await listenForWork(listener, () => heard());
    await db.sql`select * from add_document_processing_pipeline('default', ${hashOf("loud")}, p_pack => 'pair')`;
    await word;
    await listening.unlisten();
    await listener.end();
    await complete((await next())!.lease, true);
    await complete((await next())!.lease, true);
  });

  it("count failures and give up when two rounds of the pack's attempts are spent", async () => {
    const { id, pipeline } = await submit(db.sql, "pair");
    expect(await failAll(id, 2)).toEqual(["delayed", "delayed"]);
    const [wait] = await db.sql`
      select extract(epoch from run_at - now())::float8 as seconds from delayed where pipeline_id = ${id}`;
    expect(wait!.seconds).toBeGreaterThan(110);
    expect(await failAll(id, 2)).toEqual(["delayed", "dead"]);
    expect(await factsOf(db.sql, id)).toMatchObject({
      state: "failed",
      tasks: { a: "dead", b: "skipped" },
    });
    expect(await retry(pipeline)).toBe(true);
    expect((await factsOf(db.sql, id)).tasks).toEqual({ a: "ready", b: "blocked" });
    await complete((await next())!.lease, true);
    await complete((await next())!.lease, true);
  });

  it("open nothing for a task that the pack does not have", async () => {
    const { id, pipeline } = await submit(db.sql, "pair");
    await failAll(id, 4);
    expect(await retry(pipeline, "no_such_task")).toBe(false);
    expect((await factsOf(db.sql, id)).state).toBe("failed");
    expect(await retry("p_nowhere")).toBe(false);
    // What stands on a dead task brings it along.
    expect(await retry(pipeline, "b")).toBe(true);
    expect((await factsOf(db.sql, id)).tasks).toEqual({ a: "ready", b: "blocked" });
    await complete((await next())!.lease, true);
    await complete((await next())!.lease, true);
  });

  it("do finished work again as a new generation, and only finished work", async () => {
    const { id, pipeline } = await submit(db.sql, "pair");
    expect(await rerun(pipeline)).toBe(false);
    await complete((await next())!.lease, true);
    await complete((await next())!.lease, true);
    expect(await rerun(pipeline, "no_such_task")).toBe(false);
    expect(await rerun(pipeline, "b")).toBe(true);
    expect(await factsOf(db.sql, id)).toMatchObject({
      generation: 2,
      tasks: { a: "done", b: "ready" },
    });
    expect(await rerun(pipeline)).toBe(false);
    await complete((await next())!.lease, true);
    const results = await db.sql`
      select idx, generation from results where pipeline_id = ${id} order by idx, generation`;
    expect([...results]).toEqual([
      { idx: 0, generation: 1 },
      { idx: 1, generation: 1 },
      { idx: 1, generation: 2 },
    ]);
  });

  it("change nothing under a lease that is gone or was never given", async () => {
    await submit(db.sql, "pair");
    const { lease } = (await next())!;
    expect(await complete(lease, true)).toBe(true);
    expect(await complete(lease, true)).toBe(false);
    expect(await progress(lease, 99)).toBe(false);
    expect(await complete("1-999999999", false)).toBe(false);
    await complete((await next())!.lease, true);
  });

  it("keep progress within its bounds and never let it fall", async () => {
    const { id } = await submit(db.sql, "pair");
    const { lease } = (await next())!;
    const seen: number[] = [];
    for (const percent of [40, -5, 30, 250, 60]) {
      await progress(lease, percent);
      const [row] = await db.sql`select fraction from task_progress where pipeline_id = ${id}`;
      seen.push(row!.fraction);
    }
    expect(seen).toEqual([0.4, 0.4, 0.4, 1, 1]);
    await complete(lease, true);
    await complete((await next())!.lease, true);
  });

  it.each([
    ["an unknown pack", { p_pack: "nothing" }, { message: "PACK_NOT_FOUND", code: "PL404" }],
    [
      "an unknown workspace",
      { p_workspace: "nobody" },
      { message: "WORKSPACE_UNKNOWN", code: "PL404" },
    ],
    ["no document at all", { p_sha256: null }, { code: "23514" }],
    ["a hash that is none", { p_sha256: "abc" }, { code: "23514" }],
    ["a priority out of range", { p_priority: 10 }, { code: "23514" }],
    ["an empty name", { p_name: "" }, { code: "23514" }],
  ])("refuse %s", async (_title, given, error) => {
    const all = { p_workspace: "default", p_sha256: hashOf("x"), p_pack: "pair", ...given };
    const named = Object.entries(all).map(([key, value]) => `${key} => ${literal(value)}`);
    await expect(
      db.sql.unsafe(`select * from add_document_processing_pipeline(${named.join(", ")})`),
    ).rejects.toMatchObject(error);
    expect(await db.sql`select 1 from ready`).toEqual([]);
  });
});

const literal = (value: string | number | null): string =>
  typeof value === "string" ? `'${value}'` : String(value);
