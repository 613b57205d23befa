/**
 * `npm run isolation -- --decks 50 --rounds 10 --seed 1`: many decks at once through one vision and one text
 * container; what comes out is byte for byte what comes out of each deck alone. Ends with 1 where it is not.
 */
import { parseArgs } from "node:util";
import { startStack } from "../support/product.ts";
import { runIsolation } from "./isolation.ts";

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
const { values } = parseArgs({
  options: {
    decks: { type: "string", default: "50" },
    rounds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
  },
});
const report = await runIsolation({
  decks: Number(values.decks),
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  say,
  start: startStack,
});
for (const { round, deck, tasks } of report.leaks) {
  say(`round ${round}, ${deck}: ${tasks.join(", ")} differ`);
}
say(
  `${report.compared} results of decks compared, ${report.leaks.length} differ; up to ${report.together} pipelines at once`,
);
process.exitCode = report.leaks.length === 0 ? 0 : 1;
