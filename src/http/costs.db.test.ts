import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { tellMoney } from "../../test/support/money-story.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { defaults } from "../config/schema.ts";
import { type Costs, costBudget, costs } from "../contract/costs.ts";
import { type ListedCosts, listedCosts } from "../contract/listed-costs.ts";
import { monthOf } from "../core/cost/calendar.ts";
import { createCosts } from "../services/costs/costs.ts";
import { createRunLedger } from "../services/run-ledger.ts";

let db: TestDatabase;
let plane: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db, { costs: { budgetUsdPerMonth: 0.5 } });
  await db.sql`insert into workspaces (id, name) values ('other', 'other') on conflict do nothing`;
  const untilMs = Date.now();
  await tellMoney(db.sql, { days: 20, sessionsPerDay: 3, untilMs });
  await tellMoney(db.sql, { days: 3, sessionsPerDay: 2, untilMs, workspace: "other", seed: 2 });
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const today = () => new Date().toISOString().slice(0, 10);
const daysAgo = (days: number) =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
async function ask(query: string): Promise<Costs> {
  const { status, body } = await call(plane.app, "GET", `/api/costs?${query}`);
  expect([status, body.code]).toEqual([200, undefined]);
  expect(costs.parse(body)).toEqual(body);
  return body;
}
const period = () => `from=${daysAgo(19)}&to=${today()}`;
const sumOf = (rows: Costs["rows"]) =>
  rows.reduce((sum, { split }) => sum + split.microUsd.total, 0);

it("gives the same total by whatever it is grouped, to the millionth of a dollar", async () => {
  const total = (await ask(period())).total.microUsd;
  expect(total).toBeGreaterThan(100_000);
  for (const by of ["day", "hour", "pool", "phase", "model", "document"]) {
    const report = await ask(`${period()}&by=${by}`);
    expect({ by, total: sumOf(report.rows) }).toEqual({ by, total });
    expect(sumOf(report.days)).toBe(total);
    const { busy, coldStart, idle, wasted } = report.split.microUsd;
    expect(busy + coldStart + idle + wasted).toBe(total);
    expect(Math.min(busy, coldStart, idle, wasted)).toBeGreaterThan(0);
  }
  expect((await ask(`${period()}&by=hour`)).rows).toHaveLength(24);
});

it("shares everything between documents and nobody, and names only one's own", async () => {
  const { sum, documents, total } = await ask(`${period()}&by=document`);
  expect(sum).toMatchObject({ matches: true, totalMicroUsd: total.microUsd });
  expect(documents.othersN).toBeGreaterThan(0);
  expect(documents.largest).toHaveLength(20);
  const named = documents.largest.reduce((all, one) => all + one.totalMicroUsd, 0);
  const rest = documents.restMicroUsd + documents.othersMicroUsd;
  expect(named + rest + sum.unallocatedMicroUsd).toBe(total.microUsd);
  const ids = documents.largest.map(({ id }) => id);
  const rows =
    await db.sql`select distinct workspace from documents where public_id = any (${ids})`;
  expect(rows.map(({ workspace }) => workspace)).toEqual(["default"]);
});

it("tells of each document what its own page and a list tell", async () => {
  const { documents } = await ask(`from=${daysAgo(25)}&to=${today()}&by=document`);
  const ids = documents.largest.map(({ id }) => id);
  const [foreign] =
    await db.sql`select public_id as id from documents where workspace = 'other' limit 1`;
  const list = async () =>
    (await call(plane.app, "GET", `/api/documents/costs?ids=${[...ids, foreign?.id].join(",")}`))
      .body;
  const listed = await list();
  expect(listedCosts.parse(listed)).toEqual(listed);
  const figures = new Map(
    (listed as ListedCosts).costs.map((one) => [one.document, one.microUsd] as const),
  );
  expect(figures).toEqual(
    new Map(documents.largest.map(({ id, totalMicroUsd }) => [id, totalMicroUsd])),
  );
  for (const id of ids.slice(0, 3)) {
    const { body } = await call(plane.app, "GET", `/api/documents/${id}/cost`);
    expect(body.microUsd).toBe(figures.get(id));
    expect(body.complete).toBe(true);
  }
  // Kept: what is final is not read again.
  const { asOf: _, ...again } = await list();
  expect(again).toEqual({ costs: listed.costs });
  // A retry keeps the generation: what has ended anew since is read again.
  const [retried = ""] = ids;
  const change = (factor: number, seconds: number) =>
    db.sql.begin(async (tx) => {
      await tx`update replicas set micro_usd_per_hour = micro_usd_per_hour * ${factor}::float8`;
      await tx`update pipelines set finished_at = finished_at + ${seconds} * interval '1 second' where document = ${retried}`;
    });
  await change(2, 1);
  const moved = (await list()) as ListedCosts;
  for (const { document, microUsd } of moved.costs) {
    const factor = document === retried ? 2 : 1;
    expect((microUsd ?? 0) / (figures.get(document) ?? 1)).toBeCloseTo(factor, 2);
  }
  await change(0.5, -1);
  expectProblem(await call(plane.app, "GET", "/api/documents/costs?ids="), "BAD_REQUEST");
});

/** A run that ended a second before a day began, and is paid for ten minutes of that day. */
const endedBefore = (dayStart: Date, replica: number) => {
  const [from, until] = [dayStart.getTime() - 601_001, dayStart.getTime() - 1_000];
  return db.sql`
    insert into replicas (pool, replica, provider, phase, requested_at, ready_at, ended_at, billed_from, billed_until, micro_usd_per_hour, quantum_ms)
    select 'text', ${replica}, 'told', 'stopped', f, f, u, f, u, 36000000, 600000
    from (select ${new Date(from)}::timestamptz as f, ${new Date(until)}::timestamptz as u) t`;
};

it("adds up over adjacent times", async () => {
  await endedBefore(new Date(daysAgo(7)), 9);
  const all = (await ask(period())).total.microUsd;
  const first = (await ask(`from=${daysAgo(19)}&to=${daysAgo(8)}`)).total.microUsd;
  const second = (await ask(`from=${daysAgo(7)}&to=${today()}`)).total.microUsd;
  expect(first + second).toBe(all);
  const day = await ask(`from=${daysAgo(7)}&to=${daysAgo(7)}`);
  const { days } = await ask(period());
  expect(day.total.microUsd).toBe(days.find(({ key }) => key === daysAgo(7))?.split.microUsd.total);
  // Most of its second ten minutes are of the day after.
  expect(day.total.microUsd).toBeGreaterThan(5_900_000);
  await db.sql`delete from replicas where container_id is null`;
});

it("leaves decks out of what a deck costs whose machines have no price", async () => {
  const before = await ask(period());
  const [document] = before.documents.largest;
  const containers = (
    await db.sql<{ container: string }[]>`
      select distinct r.container from results r join pipelines p on p.id = r.pipeline_id where p.document = ${document?.id ?? ""}`
  ).map(({ container }) => container);
  const [unpriced] = await db.sql`
    select count(distinct p.id)::int as decks from results r join pipelines p on p.id = r.pipeline_id
    where r.container = any (${containers}) and p.finished_at >= ${daysAgo(19)}::timestamptz`;
  const priced = (before.perDeck?.n ?? 0) - unpriced?.decks;
  await db.sql`update replicas set unpriced = true where container_id = any (${containers})`;
  const { perDeck, breakEven, total } = await ask(period());
  expect(perDeck?.n).toBe(priced);
  expect(breakEven?.decksInTime).toBe(priced);
  expect(breakEven?.microUsdPerDeck).toBe(Math.round(total.microUsd / priced));
  await db.sql`update replicas set unpriced = false`;
});

it("projects the month, and holds it against the server and the budget", async () => {
  const { month, baseline, budget, perDeck, breakEven } = await ask(`${period()}&baseline=800`);
  const { lowMicroUsd = 0, midMicroUsd = 0, highMicroUsd = 0, n } = month.projected ?? {};
  expect(n).toBe(19);
  expect(lowMicroUsd).toBeGreaterThanOrEqual(month.toDate.microUsd);
  expect(midMicroUsd).toBeGreaterThanOrEqual(lowMicroUsd);
  expect(highMicroUsd).toBeGreaterThanOrEqual(midMicroUsd);
  expect(baseline.savedSoFarMicroUsd).toBe(baseline.soFarMicroUsd - month.toDate.microUsd);
  expect(budget).toMatchObject({ budgetMicroUsd: 500_000 });
  expect(perDeck).toMatchObject({ few: false });
  expect(breakEven?.decks).toBe(Math.floor(800e6 / (breakEven?.microUsdPerDeck ?? 1)));
  const { body } = await call(plane.app, "GET", "/api/costs/budget");
  expect(costBudget.parse(body)).toEqual(budget);
});

it("knows the month for the budget without what was done in it, across its beginning too", async () => {
  const { fromMs } = monthOf(today());
  const [before, after] = [new Date(fromMs - 1_800_000), new Date(fromMs + 1_234_567)];
  await db.sql`
    insert into replicas (pool, replica, provider, phase, requested_at, ready_at, ended_at, billed_from, billed_until, micro_usd_per_hour, quantum_ms)
    values ('text', 9, 'told', 'stopped', ${before}, ${before}, ${after}, ${before}, ${after}, 777777, 600000),
      ('text', 8, 'told', 'requested', ${after}, null, null, ${after}, null, 333333, 600000),
      ('text', 7, 'told', 'requested', ${after}, null, null, null, null, 333333, 600000)`;
  await endedBefore(new Date(fromMs), 6);
  const settings = { ...defaults.costs, budgetUsdPerMonth: 1, providers: [] };
  const clock = { nowMs: () => Date.now() };
  const { spent } = await createCosts({ ...plane.context, clock }, settings).budget();
  const { toDate, byDay } = (await ask(`from=${today()}`)).month;
  const whole = await ask(`from=${monthOf(today()).month}-01`);
  expect([whole.total.microUsd, whole.total.n]).toEqual([
    whole.month.toDate.microUsd,
    whole.month.toDate.n,
  ]);
  expect(byDay[0]?.microUsd).toBeGreaterThan(5_900_000);
  expect([spent.n, byDay[0]?.microUsd]).toEqual([toDate.n, expect.any(Number)]);
  // The open one goes on between the two looks.
  expect(toDate.microUsd - spent.microUsd).toBeGreaterThanOrEqual(0);
  expect(toDate.microUsd - spent.microUsd).toBeLessThan(60_000);
  await db.sql`delete from replicas where container_id is null`;
});

it("says what a limit has left out, and adds up without it", async () => {
  const few = createRunLedger(plane.context, { runsMax: 10 });
  const costed = createCosts(plane.context, defaults.costs, few);
  const told = await costed.get("default", { by: "pool", from: daysAgo(19), to: today() });
  expect(told.cut).toMatchObject({ runs: 10, sentence: expect.stringContaining("newest 10 runs") });
  expect(told.total.n).toBe(10);
  expect(told.sum.matches).toBe(true);
  expect((await ask(period())).cut).toBeNull();
});

it("keeps what ended runs cost only while their rows stay as they are", async () => {
  const before = await ask(period());
  expect((await ask(period())).total.microUsd).toBe(before.total.microUsd);
  await db.sql`update replicas set micro_usd_per_hour = 2 * micro_usd_per_hour where pool = 'text'`;
  const after = await ask(`${period()}&by=pool`);
  const text = (rows: Costs["rows"]) =>
    rows.find(({ key }) => key === "text")?.split.microUsd.total;
  expect(after.sum.matches).toBe(true);
  expect(after.total.microUsd - before.total.microUsd).toBeCloseTo((text(after.rows) ?? 0) / 2, -4);
  await db.sql`update replicas set micro_usd_per_hour = micro_usd_per_hour / 2 where pool = 'text'`;
  expect((await ask(period())).total.microUsd).toBe(before.total.microUsd);
});

it("is a table for a spreadsheet when asked for text/csv", async () => {
  const headers = { accept: "text/csv" };
  const answer = await call(plane.app, "GET", `/api/costs?${period()}&by=pool`, { headers });
  expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(answer.headers["content-disposition"]).toContain(`by-pool.csv`);
  const [head = "", ...lines] = answer.raw.toString().trimEnd().split("\r\n");
  const column = head.split(",").indexOf("total_usd");
  const dollars = lines.map((line) => Number(line.split(",")[column]));
  const { total } = await ask(period());
  expect(Math.round(dollars.reduce((sum, one) => sum + one, 0) * 1e6)).toBe(total.microUsd);
});

it("says that nobody charges where nobody does", async () => {
  await db.sql`update replicas set micro_usd_per_hour = null`;
  const free = await ask(period());
  expect(free).toMatchObject({ charging: "free", perDeck: null, breakEven: null });
  expect(free.month.projected).toBeNull();
  expect(free.unchargedSeconds).toBeCloseTo(free.split.seconds.total, 3);
  expect(free.unchargedSeconds).toBeGreaterThan(1000);
});

it("answers an empty time with zeros", async () => {
  const none = await ask("from=2020-01-01&to=2020-01-03");
  expect(none).toMatchObject({ charging: "idle", total: { microUsd: 0, n: 0 }, isOpen: false });
  expect(none.days.map(({ key }) => key)).toEqual(["2020-01-01", "2020-01-02", "2020-01-03"]);
});

it.each(["from=2026-02-30", "from=2026-03-02&to=2026-03-01", "from=2020-01-01", "by=mood"])(
  "refuses %s",
  async (query) => {
    expectProblem(await call(plane.app, "GET", `/api/costs?${query}`), "BAD_REQUEST");
  },
);
