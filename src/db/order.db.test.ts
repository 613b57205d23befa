import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, addContainer, claim, doneOf } from "../../test/support/queue.ts";
import { admit, orderPolicy } from "../core/pipeline/order.ts";
import { seededRandom } from "../lib/random.ts";
import { applyMoves } from "./moves.ts";
import { writeQueueClocks } from "./queue-clocks.ts";
import { addPipelines } from "./submissions.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql`insert into workspaces (id, name) values ('small', 'Small')`;
  await activateGraph(db.sql, "one", [{ name: "a" }]);
});
afterAll(() => db.drop());

const items = (count: number, name: string) =>
  Array.from({ length: count }, () => ({
    name,
    key: null,
    sha256: "0".repeat(64),
    bytes: 1,
    pages: 1,
  }));

describe("the order of the database", () => {
  it("is that of the core, whatever clock and share it begins with", async () => {
    const random = seededRandom(11);
    const nowMs = 1_800_000_000_000;
    const near = (ms: number) => nowMs + Math.round((random.next() * 2 - 1) * ms);
    for (let n = 0; n < 60; n += 1) {
      const clock =
        random.next() < 0.2
          ? null
          : { virtualMs: near(1e6), isEmpty: random.next() < 0.4, drainedAtMs: near(1e4) };
      const share = random.next() < 0.3 ? null : { virtualMs: near(1e6), atMs: near(1e4) };
      const priority = Math.floor(random.next() * 10);
      const count = 1 + Math.floor(random.next() * 20);
      const { firstRank, share: after } = admit({ nowMs, clock, share, priority, count });
      const at = (ms: number) => new Date(ms).toISOString();
      await db.sql.begin(async (tx) => {
        await tx`delete from shares`;
        await tx`delete from queue_clocks`;
        if (clock) {
          await tx`insert into queue_clocks (class_id, virtual_ms, is_empty, drained_at) values (1, ${clock.virtualMs}, ${clock.isEmpty}, ${at(clock.drainedAtMs)})`;
        }
        if (share) {
          await tx`insert into shares (workspace, priority, virtual_ms, at) values ('w', ${priority}, ${share.virtualMs}, ${at(share.atMs)})`;
        }
        const [row] = await tx`select admit('w', 1, ${priority}, ${count}, ${at(nowMs)}) as rank`;
        expect(row).toEqual({ rank: firstRank });
        const [kept] = await tx`select virtual_ms as "virtualMs" from shares`;
        expect(kept).toEqual({ virtualMs: after.virtualMs });
      });
    }
  });

  it("lets a workspace with one document pass another's flood", async () => {
    const container = await addContainer(db.sql, { slots: 64, pipelines: 64 });
    const base = { pack: "one", priority: 5 } as const;
    await addPipelines(db.sql, { ...base, workspace: "default", items: items(200, "flood") });
    const first = await claim(db.sql, container, 50);
    await applyMoves(
      db.sql,
      first.map((lease) => doneOf(lease)),
    );
    // What whoever hands out says of the queue now and then.
    const [last] = await db.sql<{ rank: number; classId: number }[]>`
      select p.rank, k.class_ids[1] as "classId" from pipelines p join packs k on k.id = p.pack_id where p.id = ${first.at(-1)!.pipelineId}`;
    await writeQueueClocks(db.sql, [
      { classId: last!.classId, virtualMs: last!.rank, isDrained: false },
    ]);
    const [small] = await addPipelines(db.sql, {
      ...base,
      workspace: "small",
      items: items(1, "small"),
    });
    const next = await claim(db.sql, container, 3);
    expect(next.map((lease) => lease.pipeline)).toContain(small!.pipeline);
    expect(orderPolicy.spacingMs).toBeGreaterThan(0);
  });

  it("answers one item after the other, and makes nothing when one of them cannot be", async () => {
    const before = await db.sql`select count(*)::int as n from documents`;
    const bad = [...items(3, "fine"), { ...items(1, "bad")[0]!, sha256: "not a hash" }];
    const submission = { workspace: "default", pack: "one", priority: 5 };
    await expect(addPipelines(db.sql, { ...submission, items: bad })).rejects.toThrow();
    expect(await db.sql`select count(*)::int as n from documents`).toEqual(before);
    const keyed = ["x", "y", "x"].map((key) => ({ ...items(1, "keyed")[0]!, key }));
    const made = await addPipelines(db.sql, { ...submission, items: keyed });
    expect(made.map((entry) => entry.existing)).toEqual([false, false, true]);
    expect(made[2]!.pipeline).toBe(made[0]!.pipeline);
    const again = await addPipelines(db.sql, { ...submission, items: keyed });
    expect(again.map(({ pipeline, existing }) => [pipeline, existing])).toEqual(
      made.map(({ pipeline }) => [pipeline, true]),
    );
  });
});
