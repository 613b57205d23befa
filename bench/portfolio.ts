/**
 * `npm run bench -- portfolio [--documents 10000] [--rounds 3] [--dir FOLDER]`: how long the portfolio and the search over all slides take
 * to be answered, by the built product on a PostgreSQL of its own. Ends with 1 when a p95 of one client is over the budget.
 */
import { parseArgs } from "node:util";
import { measureAll, printRows, writeRows } from "./page/answers.ts";
import { seedPortfolio } from "./page/seed-portfolio.ts";
import { withSeededStack } from "./page/seeded-stack.ts";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
    dir: { type: "string", default: "/var/tmp" },
  },
});
const documents = Number(values.documents);
const budgetMs = 300;

const filter = (written: string): string => `filter=${encodeURIComponent(written)}`;
const queries: readonly (readonly [string, string])[] = [
  ["newest first", "portfolio"],
  ["by amount, largest first", "portfolio?sort=-funding_amount"],
  ["by company", "portfolio?sort=startup_name"],
  ["amount from 2M EUR", `portfolio?${filter("funding_amount:from:2M EUR")}&sort=-score`],
  ["a word in a field", `portfolio?${filter("company_offering:contains:clinics")}`],
  ["newest versions only", `portfolio?${filter("deck.version:is:newest")}`],
  ["decks with a rare word", "portfolio?q=w3900"],
  ["decks with a common word", "portfolio?q=w1"],
  ["slides with a rare word", "search?q=w3900"],
  ["slides with a common word", "search?q=w1"],
  ["slides with two words", `search?q=${encodeURIComponent("w12 w40")}`],
  ["slides with a phrase", `search?q=${encodeURIComponent('"w3 w5"')}`],
  ["a word in none", "search?q=nowhere"],
];

const asked = queries.map(([name, query]) => ({ name, path: `/api/workspaces/-/${query}` }));

await withSeededStack(
  values.dir,
  async (sql, say) => {
    say(`writing ${documents} decks with their slides`);
    await seedPortfolio(sql, documents);
  },
  async (stack) => {
    const rounds = Number(values.rounds);
    const rows = await measureAll(stack, { asked, clients: [{ count: 1, times: 30 }], rounds });
    if (!printRows(rows, budgetMs)) process.exitCode = 1;
    await writeRows("portfolio", stack, { documents, rounds, budgetMs }, rows);
  },
);
