/**
 * `npm run bench -- costs [--decks 1200,10000] [--days 90] [--rounds 3] [--dir FOLDER]`: how long costs, budget, objectives and the
 * cost of one document take to be answered, after months of decks on rented machines. Ends with 1 when a p95 of one client is over
 * its budget: 300 ms of the first number of decks, a second of what is more than twice as many.
 */
import { parseArgs } from "node:util";
import type { Sql } from "../src/db/connect.ts";
import { type Asked, measureAll, printRows, writeRows } from "./page/answers.ts";
import { tellMoney } from "./page/money-story.ts";
import { type SeededStack, withSeededStack } from "./page/seeded-stack.ts";

const { values } = parseArgs({
  options: {
    decks: { type: "string", default: "1200,10000" },
    days: { type: "string", default: "90" },
    rounds: { type: "string", default: "3" },
    dir: { type: "string", default: "/var/tmp" },
  },
});
const rounds = Number(values.rounds);
const [first, ...others] = values.decks.split(",").map(Number);
const budgetMs = 300;
const manyBudgetMs = 1_000;
const days = Number(values.days);

/** About so many: a session has 2.5 decks in the mean, a weekend a quarter of a working day's sessions. */
async function seed(sql: Sql, decks: number): Promise<number> {
  const sessionsPerDay = decks / (days * 2.5 * ((5 + 2 * 0.25) / 7));
  const replicas = 1 + Math.ceil(sessionsPerDay / 12);
  const story = { days, sessionsPerDay, replicas, untilMs: Date.now() };
  const told = await tellMoney(sql, story);
  await sql`vacuum analyze`;
  return told.decks;
}

const dayAgo = (ago: number): string =>
  new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

async function whatIsAsked(sql: Sql): Promise<readonly Asked[]> {
  const [deck] = await sql<{ id: string }[]>`
    select public_id as id from documents order by id desc offset 3 limit 1`;
  const whole = `/api/costs?from=${dayAgo(days - 1)}&to=${dayAgo(0)}`;
  return [
    { name: "costs of this month", path: "/api/costs" },
    { name: `costs of ${days} days`, path: whole },
    { name: `costs of ${days} days by document`, path: `${whole}&by=document` },
    { name: "costs of this day", path: `/api/costs?from=${dayAgo(0)}` },
    { name: "the budget", path: "/api/costs/budget" },
    { name: "objectives", path: "/api/slos" },
    { name: "rollout", path: "/api/rollout" },
    { name: "the cost of one document", path: `/api/workspaces/-/documents/${deck?.id}/cost` },
  ];
}

async function measure(stack: SeededStack, decks: number): Promise<boolean> {
  const asked = await whatIsAsked(stack.sql);
  const rows = await measureAll(stack, { asked, clients: [{ count: 1, times: 20 }], rounds });
  console.log(`${decks} decks in ${days} days:`);
  const isWithin = printRows(rows, decks > 2 * (first ?? 0) ? manyBudgetMs : budgetMs);
  await writeRows(`costs-${decks}`, stack, { decks, days, rounds }, rows);
  return isWithin;
}

for (const about of [first ?? 0, ...others]) {
  let decks = 0;
  await withSeededStack(
    values.dir,
    async (sql, say) => {
      say(`writing ${about} decks`);
      decks = await seed(sql, about);
    },
    async (stack) => {
      if (!(await measure(stack, decks))) process.exitCode = 1;
    },
  );
}
