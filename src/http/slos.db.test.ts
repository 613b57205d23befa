import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { tellMoney } from "../../test/support/money-story.ts";
import { rollout } from "../contract/rollout.ts";
import { type Slo, type Slos, slos } from "../contract/slos.ts";

let db: TestDatabase;
let plane: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

async function ask(): Promise<Slos> {
  const { status, body } = await call(plane.app, "GET", "/api/slos");
  expect([status, body.code]).toEqual([200, undefined]);
  expect(slos.parse(body)).toEqual(body);
  return body;
}
const one = ({ objectives }: Slos, id: string): Slo | undefined =>
  objectives.find((objective) => objective.id === id);

it("has no data and whole budgets before there is a deck", async () => {
  const { objectives, handoffs, spent, changes } = await ask();
  expect(objectives.map(({ id, state }) => [id, state])).toEqual([
    ["first-result", "no-data"],
    ["done", "no-data"],
    ["handoff", "no-data"],
    ["pre-warm", "no-data"],
    ["unattended", "no-data"],
    ["progress-age", "unmeasured"],
    ["cost-per-deck", "no-data"],
  ]);
  for (const { why, share, budget, days } of objectives) {
    expect(why).not.toBe("");
    expect([share, budget.left, budget.burn1h.rate, budget.goneInSeconds]).toEqual([
      null,
      1,
      null,
      null,
    ]);
    expect(days).toHaveLength(28);
  }
  expect(handoffs).toMatchObject({ n: 0, p95Seconds: null, split: null });
  expect(spent).toEqual([]);
  // The packs of the folder were made active when the database was made.
  expect(new Set(changes.map(({ kind }) => kind))).toEqual(new Set(["pack"]));
});

it("tells what changed, newest first, and nothing of before the window", async () => {
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  await db.sql`insert into policy_versions (version, at, by, policy) values (1, ${ago(40)}, 'ada', 'kept'), (2, ${ago(3)}, 'ada', 'eager')`;
  await db.sql`insert into fleet_orders (kind, pool, reason, at) values ('pause', 'text', 'new driver', ${ago(2)})`;
  const container = (id: string, model: string, days: number) => db.sql`
    insert into processing_servers (id, server_type, replica, status, features, slots, boot_id, token_hash, engine, expires_at, created_at, ended_at)
    values (${id}, 'text', 1, 'ready', '{}', 1, ${id}, '', ${db.sql.json({ name: "ollama", model })}, now(), ${ago(days)}, now())`;
  await container("text-1.a", "small:8b", 5);
  await container("text-1.b", "small:8b", 4);
  await container("text-1.c", "large:70b", 1);
  const { changes } = await ask();
  expect(changes.filter(({ kind }) => kind !== "pack").map(({ sentence }) => sentence)).toEqual([
    "Containers of pool text read with ollama large:70b instead of ollama small:8b.",
    "Pool text was paused: new driver.",
    "Scaling policy eager was let in by ada, as version 2.",
  ]);
  await db.sql`delete from processing_servers`;
  await db.sql`delete from fleet_orders`;
});

it("counts each promise from the rows of decks", async () => {
  await db.sql`insert into workspaces (id, name) values ('other', 'other') on conflict do nothing`;
  const untilMs = Date.now();
  const { decks } = await tellMoney(db.sql, { days: 10, sessionsPerDay: 4, untilMs });
  const other = { days: 2, sessionsPerDay: 2, untilMs, workspace: "other", seed: 2 };
  const all = decks + (await tellMoney(db.sql, other)).decks;
  const told = await ask();
  expect(one(told, "unattended")).toMatchObject({
    n: all,
    good: all,
    share: 1,
    budget: { left: 1 },
  });
  expect(one(told, "handoff")?.n).toBe(all);
  expect(one(told, "cost-per-deck")).toMatchObject({ n: all, state: "no-target", share: null });
  const { body: accuracy } = await call(
    plane.app,
    "GET",
    "/api/fleet/accuracy?sinceSeconds=2419200",
  );
  expect(one(told, "pre-warm")).toMatchObject({
    good: accuracy.accuracy.hits,
    n: accuracy.accuracy.of,
  });
  for (const { id, days, n } of told.objectives) {
    expect([id, days.reduce((sum, day) => sum + day.n, 0)]).toEqual([id, n]);
  }
  const named = told.objectives.flatMap(({ worst }) => worst.map(({ document }) => document));
  const rows =
    await db.sql`select distinct workspace from documents where public_id = any (${named})`;
  expect(rows.map(({ workspace }) => workspace)).toEqual(["default"]);
});

it("splits all handoffs into cold start, queue and claim", async () => {
  const { handoffs } = await ask();
  const { n, buckets, split } = handoffs;
  expect(buckets.reduce((sum, bucket) => sum + bucket.n, 0)).toBe(n);
  expect(split?.n).toBe(n);
  const waits = await db.sql<{ seconds: number }[]>`
    select extract(epoch from min(t.started_at) - max(v.created_at))::float8 as seconds
    from results t join results v on v.pipeline_id = t.pipeline_id and v.idx = 0
    join pipelines p on p.id = t.pipeline_id join packs k on k.id = p.pack_id
    where k.pools[t.idx + 1] = 'text' group by t.pipeline_id`;
  const mean = waits.reduce((sum, { seconds }) => sum + seconds, 0) / waits.length;
  const { coldStartSeconds = 0, queueSeconds = 0, claimSeconds = 0 } = split ?? {};
  expect(coldStartSeconds + queueSeconds + claimSeconds).toBeCloseTo(mean, 2);
  expect(coldStartSeconds).toBeGreaterThan(0);
});

it("compares with the old server as far as anything is known", async () => {
  const { status, body } = await call(plane.app, "GET", "/api/rollout");
  expect([status, body.code]).toEqual([200, undefined]);
  expect(rollout.parse(body)).toEqual(body);
  expect(body).toMatchObject({
    mode: null,
    changes: [],
    server: { microUsdPerMonth: 800_000_000 },
  });
  for (const { id, onDemand, oldServer, why } of rollout.parse(body).metrics) {
    expect({ id, oldServer, told: why !== null }).toEqual({ id, oldServer: null, told: true });
    if (onDemand === null) throw new Error(`${id}: the story has cases of it`);
    const { low, value, high } = onDemand;
    expect(low ?? value).toBeLessThanOrEqual(value);
    expect(high ?? value).toBeGreaterThanOrEqual(value);
  }
  const states = Object.fromEntries(
    rollout.parse(body).checklist.map(({ id, state }) => [id, state]),
  );
  expect(states).toMatchObject({
    database: "ok",
    schema: "ok",
    budget: "todo",
    queue: "ok",
    parity: "unknown",
  });
});

it("says which budget is spent, and by which documents", async () => {
  const ids = await db.sql<{ id: number; document: string }[]>`
    select id, document from pipelines where workspace = 'default' order by id desc limit 12`;
  await db.sql`update pipelines set state = 'failed', finished_at = now() where id = any (${ids.map(({ id }) => id)})`;
  const told = await ask();
  const { budget, worst, good, n } = one(told, "unattended") ?? { n: 0, good: 0 };
  expect(n - good).toBe(12);
  expect(budget?.left).toBeLessThan(0);
  expect(budget?.burn1h.rate).toBeGreaterThan(1);
  expect(told.spent).toContain("unattended");
  expect(worst?.map(({ good: isGood }) => isGood)).toEqual([false, false, false, false, false]);
  for (const { document } of worst ?? []) expect(ids.map((id) => id.document)).toContain(document);
});
