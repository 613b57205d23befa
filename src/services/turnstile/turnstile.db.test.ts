import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createTestContext,
  retryDefaults,
  type TestContext,
} from "../../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  claimOne,
  factsOf,
  openTransaction,
  session,
  snapshotOf,
  submit,
} from "../../../test/support/queue.ts";
import { connect, sessionLimits } from "../../db/connect.ts";
import { ensureInstallation } from "../../db/installation.ts";
import { promoteDelayed } from "../../db/moves.ts";
import { createEpoch } from "./epoch.ts";
import type { Settlement, WorkerOutcome } from "./outcomes.ts";
import { createTurnstile, type TurnFacts } from "./turnstile.ts";

let db: TestDatabase;
let context: TestContext;
let settler: ReturnType<typeof createSettler>;
let container = "";
/** A turnstile of which only the way in is used. */
function createSettler(about: TestContext, backoffMaxMs: number) {
  const turnstile = createTurnstile(about, createEpoch(about), {
    retry: { ...retryDefaults, backoffMaxMs },
    lanes: 1,
  });
  return {
    settle: async (by: string, outcomes: readonly Settlement[]) =>
      (await turnstile.pass({ id: by, classIds: [] }, outcomes, 0)).accepted,
  };
}

beforeAll(async () => {
  db = await createTestDatabase();
  context = await createTestContext(db);
  await activateGraph(db.sql, "one", [{ name: "a", attempts: 3 }]);
});
afterAll(async () => {
  await context.close();
  await db.drop();
});
beforeEach(async () => {
  settler = createSettler(context, 60_000);
  container = await addContainer(db.sql);
});

const done = (result: unknown, reason: string | null = null): WorkerOutcome => ({
  kind: "done",
  result,
  gaps: [],
  applicable: true,
  reason,
  engine: { name: "extractive", model: null },
});
const failed = (code: "MODEL_TIMEOUT" | "RENDER_FAILED", detail: string | null = null) =>
  ({ kind: "failed", code, detail }) as const satisfies WorkerOutcome;
const taskOf = async (id: number) => (await factsOf(db.sql, id)).tasks.a;
const leaseOne = async () => {
  const { id } = await submit(db.sql, "one");
  return { id, key: await claimOne(db.sql, container) };
};
/** An array in an array in an array. */
const nested = (depth: number): unknown => {
  let value: unknown = [];
  for (let n = 0; n < depth; n += 1) value = [value];
  return value;
};

it("tells what each turn did: tasks got, and how every outcome ended", async () => {
  const turns: TurnFacts[] = [];
  const epoch = createEpoch(context);
  await ensureInstallation(db.sql, "test");
  await epoch.draw();
  const onTurn = (turn: TurnFacts) => turns.push(turn);
  const turnstile = createTurnstile(context, epoch, { retry: retryDefaults, onTurn });
  await submit(db.sql, "one");
  const visitor = { id: container, classIds: [1] };
  const { leases } = await turnstile.pass(visitor, [], 1);
  const [key] = leases;
  const outcome = { key: key!, outcome: done({}) };
  await turnstile.pass(visitor, [outcome, { key: key!, outcome: { kind: "released" } }], 1);
  await turnstile.pass(visitor, [outcome], 0);
  expect(turns.map(({ granted }) => granted)).toEqual([[1], [1], []]);
  // What did not go well is settled first; what was given back can be had again at once.
  expect(turns.map(({ settled }) => settled)).toEqual([[], ["refused", "release"], ["refused"]]);
  expect(turns.every(({ seconds }) => seconds >= 0 && seconds < 30)).toBe(true);
});

describe("a result", () => {
  it.each([
    ["NUL", "a\0b", "a\uFFFDb"],
    ["half a surrogate pair", "x\uD800y", "x\uFFFDy"],
    ["the other half", "x\uDC00y", "x\uFFFDy"],
    ["a whole pair", "\u{1F600}", "\u{1F600}"],
  ])("with %s is made storable", async (_title, text, stored) => {
    const { id, key } = await leaseOne();
    const outcome = done({ [text]: [text], deep: { text } }, text);
    expect(await settler.settle(container, [{ key, outcome }])).toEqual([true]);
    const [row] = await db.sql`
      select result, reason from results where pipeline_id = ${id}`;
    expect(row).toEqual({ result: { [stored]: [stored], deep: { text: stored } }, reason: stored });
  });

  it("of many megabytes is kept whole", async () => {
    const { id, key } = await leaseOne();
    const text = "deck ".repeat(2_000_000);
    expect(await settler.settle(container, [{ key, outcome: done({ text }) }])).toEqual([true]);
    const [row] =
      await db.sql`select length(result ->> 'text') as n from results where pipeline_id = ${id}`;
    expect(row).toEqual({ n: text.length });
  });

  it.each([
    ["for the database", 8_000],
    ["for anyone", 200_000],
  ])("nested too deeply %s ends its own task and no other", async (_title, depth) => {
    const [bad, good] = [await leaseOne(), await leaseOne()];
    const outcomes = [
      { key: bad.key, outcome: done({ nested: nested(depth) }) },
      { key: good.key, outcome: done({ ok: true }) },
    ];
    expect(await settler.settle(container, outcomes)).toEqual([true, true]);
    expect([await taskOf(bad.id), await taskOf(good.id)]).toEqual(["dead", "done"]);
    const [row] =
      await db.sql`select failure ->> 'code' as code from tasks where pipeline_id = ${bad.id}`;
    expect(row).toEqual({ code: "MODEL_OUTPUT_INVALID" });
  });

  it("that cannot be stored does not end a task of another container", async () => {
    const { id, key } = await leaseOne();
    const stranger = await addContainer(db.sql);
    const before = await snapshotOf(db.sql, id);
    for (const depth of [8_000, 200_000]) {
      const outcome = done({ nested: nested(depth) });
      expect(await settler.settle(stranger, [{ key, outcome }])).toEqual([false]);
    }
    expect(await snapshotOf(db.sql, id)).toEqual(before);
  });
});

describe("settling", () => {
  it("decides by code and attempts whether a failure is tried again", async () => {
    const once = await leaseOne();
    expect(
      await settler.settle(container, [{ key: once.key, outcome: failed("RENDER_FAILED") }]),
    ).toEqual([true]);
    expect(await taskOf(once.id)).toBe("dead");
    const { id, key } = await leaseOne();
    await settler.settle(container, [{ key, outcome: failed("MODEL_TIMEOUT", "slow\0") }]);
    expect(await taskOf(id)).toBe("delayed");
    for (const expected of ["delayed", "delayed", "delayed", "delayed", "dead"]) {
      await db.sql`update delayed set run_at = now()`;
      await promoteDelayed(db.sql);
      const again = await claimOne(db.sql, container);
      await settler.settle(container, [{ key: again, outcome: failed("MODEL_TIMEOUT") }]);
      expect(await taskOf(id)).toBe(expected);
    }
  });

  it("answers in order, false for each lease that is gone", async () => {
    const [first, second] = [await leaseOne(), await leaseOne()];
    const gone = { epoch: 1, id: 424_242 };
    const outcome = done({ ok: true });
    const outcomes = [first.key, gone, second.key, first.key].map((key) => ({ key, outcome }));
    expect(await settler.settle(container, outcomes)).toEqual([true, false, true, false]);
    expect(
      await settler.settle(container, [{ key: gone, outcome: failed("MODEL_TIMEOUT") }]),
    ).toEqual([false]);
    expect(await settler.settle(container, [])).toEqual([]);
  });

  it("writes together what came while it was writing, and each caller gets its own answers", async () => {
    for (let n = 0; n < 12; n += 1) await submit(db.sql, "one");
    const leases = await claim(db.sql, container);
    const outcome = done({ ok: true });
    // The first write waits for this lock; the others gather behind it.
    const holder = session(db.url);
    const held = await openTransaction(holder);
    await held.tx`select 1 from pipelines where id = ${leases[0]!.pipelineId} for update`;
    const answers = leases.map((key, n) =>
      settler.settle(
        container,
        n % 2 === 0
          ? [{ key, outcome }]
          : [
              { key, outcome },
              { key, outcome },
            ],
      ),
    );
    await held.commit();
    await holder.end();
    const expected = leases.map((_, n) => (n % 2 === 0 ? [true] : [true, false]));
    expect(await Promise.all(answers)).toEqual(expected);
    // All but the first were one transaction.
    const [row] = await db.sql<
      { n: number }[]
    >`select count(distinct xmin::text)::int as n from results
      where pipeline_id = any(${leases.map((lease) => lease.pipelineId)})`;
    expect(row!.n).toBe(2);
  });

  it("leaves the task alone and says so when the database is away", async () => {
    const { id, key } = await leaseOne();
    const before = await snapshotOf(db.sql, id);
    const sql = connect(db.url, { max: 1 });
    await sql.end();
    const cut = createSettler({ ...context, sql }, 60_000);
    await expect(cut.settle(container, [{ key, outcome: done({ ok: true }) }])).rejects.toThrow();
    expect(await snapshotOf(db.sql, id)).toEqual(before);
    // The next one is served.
    expect(await settler.settle(container, [{ key, outcome: done({ ok: true }) }])).toEqual([true]);
  });

  it("does not take a cancelled statement for a bad result", async () => {
    const { id, key } = await leaseOne();
    const sql = connect(db.url, { max: 2, limits: { ...sessionLimits, statementMsMax: 100 } });
    const hasty = createSettler({ ...context, sql }, 60_000);
    const holder = session(db.url);
    const held = await openTransaction(holder);
    await held.tx`select 1 from pipelines where id = ${id} for update`;
    await expect(
      hasty.settle(container, [{ key, outcome: done({ ok: true }) }]),
    ).rejects.toMatchObject({ code: "57014" });
    await held.commit();
    await Promise.all([sql.end(), holder.end()]);
    expect(await taskOf(id)).toBe("leased");
  });
});
