/**
 * `npm run bench -- list [--documents 10000] [--rounds 3] [--dir FOLDER]`: how long the list of documents
 * takes to be answered, by the built product on a PostgreSQL of its own. Ends with 1 when a p95 of one client
 * is over the budget.
 */
import { parseArgs } from "node:util";
import { measureAll, printRows, writeRows } from "./page/answers.ts";
import { whatIsAsked } from "./page/asked.ts";
import { seedDocuments } from "./page/seed.ts";
import { withSeededStack } from "./page/seeded-stack.ts";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
    dir: { type: "string", default: "/var/tmp" },
  },
});
const documents = Number(values.documents);
const rounds = Number(values.rounds);
const budgetMs = 100;

await withSeededStack(
  values.dir,
  (sql, say) => seedDocuments(sql, documents, say),
  async (stack) => {
    const asked = await whatIsAsked(stack.sql, documents);
    const clients = [
      { count: 1, times: 40 },
      { count: 10, times: 4 },
    ];
    const rows = await measureAll(stack, { asked, clients, rounds });
    if (!printRows(rows, budgetMs)) process.exitCode = 1;
    await writeRows("list", stack, { documents, rounds, budgetMs }, rows);
  },
);
