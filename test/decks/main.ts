/**
 * `npm run findings -- --decks 200 --seed 1`: makes decks with planted defects and claims, reads them
 * as a container does, and prints what of it was found and what of the findings is true. Ends with 1
 * when a kind has a precision below 0.90 or a recall below 0.80. `--misses` prints each.
 */
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Share } from "../../src/core/slo/wilson.ts";
import { makeDeck } from "./make-deck.ts";
import { createReader, readBytes } from "./read-deck.ts";
import { saidIn } from "./said.ts";
import { Scoreboard } from "./score.ts";
import { planted } from "./types.ts";

const goals = { precision: 0.9, recall: 0.8 } as const;

const { values } = parseArgs({
  options: {
    decks: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    wording: { type: "string", default: "all" },
    misses: { type: "boolean", default: false },
    pool: { type: "string", default: "2" },
  },
});
const decks = Number(values.decks);
const first = Number(values.seed);
const wording = values.wording as "all" | "even" | "odd";
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const board = new Scoreboard();
const reader = createReader();
const begun = performance.now();
let slides = 0;
let next = 0;

async function work(): Promise<void> {
  while (next < decks) {
    const seed = first + next++;
    const deck = await makeDeck(seed, { wording });
    slides += deck.slides;
    const name = `findings-${seed}`;
    const results = await readBytes(reader, name, deck.pdf);
    await rm(join(tmpdir(), `pilotlight-${process.pid}-${name}.pdf`), { force: true });
    board.add(seed, deck.truth, saidIn(results));
  }
}
await Promise.all(Array.from({ length: Number(values.pool) }, work));
await reader.close();

const percent = (share: number | null): string => (share === null ? "-" : (share * 100).toFixed(1));
const told = ({ share, low, high, hits, of }: Share): string =>
  `${percent(share).padStart(6)} (${percent(low)}-${percent(high)}) ${hits}/${of}`.padEnd(34);
const below = planted.filter((kind) => {
  const { precision, recall } = board.of(kind);
  return (precision.share ?? 1) < goals.precision || (recall.share ?? 1) < goals.recall;
});
say(`${"kind".padEnd(22)}${"precision %".padEnd(34)}recall %`);
for (const kind of planted) {
  const { precision, recall } = board.of(kind);
  say(`${kind.padEnd(22)}${told(precision)}${told(recall)}${below.includes(kind) ? "BELOW" : ""}`);
}
if (values.misses) {
  for (const { deck, kind, slides: on, text, wrong } of board.misses) {
    say(`${wrong} ${kind} deck ${deck} slide ${on.join(",")}: ${text}`);
  }
}
const seconds = (performance.now() - begun) / 1000;
say(
  `${decks} decks, ${slides} slides, ${seconds.toFixed(0)} s, seeds ${first}-${first + decks - 1}`,
);
process.exitCode = below.length > 0 ? 1 : 0;
