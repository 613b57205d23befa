/**
 * `npm run ask:eval -- FOLDER`: reads decks whose truth is known with the built-in engine, asks each what people ask, and tells how
 * often a quote holds the true answer, and how often "the deck does not say" is right. Says so and ends with 0 where there are none.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { answerByRules } from "../../src/core/ask/answer.ts";
import { askedDeckOf } from "../../src/core/ask/asked-deck.ts";
import type { DeckTruth } from "../../src/core/evaluation/truth.ts";
import { amountStands, nameStands } from "../../src/core/grounding/support.ts";
import { wilson } from "../../src/core/slo/wilson.ts";
import { folded } from "../../src/core/text/fold.ts";
import { readSet } from "../../src/eval/read-set.ts";
import { runSet } from "../../src/eval/run-set.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { builtInPacksDir, readPackFolder } from "../../src/packs/read-pack.ts";
import { createExtractiveEngine } from "../../src/worker/engines/extractive/engine.ts";

type Verdict = "right" | "wrong" | "missed" | "invented" | "silent" | null;
interface Kind {
  readonly name: string;
  readonly questions: readonly string[];
  /** null: not known of this deck. */
  judge(truth: DeckTruth, answer: string | null, quotes: readonly string[]): Verdict;
}

const told = (isSaid: boolean, answer: string | null, isRight: boolean): Verdict => {
  if (answer === null) return isSaid ? "missed" : "silent";
  if (!isSaid) return "invented";
  return isRight ? "right" : "wrong";
};

const kinds: readonly Kind[] = [
  {
    name: "name",
    questions: [
      "What is the name of the company?",
      "Which startup is this?",
      "Whose deck is this?",
    ],
    judge: ({ names }, answer, quotes) =>
      names === undefined || names === null
        ? null
        : told(
            names.length > 0,
            answer,
            names.some((name) => nameStands(name, quotes)),
          ),
  },
  {
    name: "ask amount",
    questions: [
      "How much are they raising?",
      "What is the funding ask?",
      "How much money do they need?",
    ],
    judge: ({ ask }, answer, quotes) =>
      ask === undefined
        ? null
        : told(ask !== null, answer, ask !== null && amountStands(ask.amount, quotes)),
  },
  {
    name: "round",
    questions: ["Which round is it?", "What kind of funding round are they raising?"],
    judge: ({ ask }, answer, quotes) => {
      if (ask === undefined) return null;
      const round = ask?.round ?? null;
      const isRight = round !== null && folded(answer ?? "").includes(folded(round));
      return told(round !== null, answer, isRight && quotes.length > 0);
    },
  },
  {
    name: "healthcare",
    questions: ["Is it a healthcare company?", "Are they in healthcare?"],
    judge: ({ isHealthcare }, answer) =>
      isHealthcare === undefined
        ? null
        : told(true, answer, isHealthcare !== /: no\b/.test(answer ?? "")),
  },
];

const folder = process.argv[2];
if (folder === undefined || !existsSync(resolve(folder))) {
  console.log(
    "Say where decks with their truth.json are: npm run ask:eval -- FOLDER. Nothing was asked.",
  );
  process.exit(0);
}
const set = await readSet(resolve(folder));
const { pack } = await readPackFolder(join(builtInPacksDir(), "pitch-deck"));
const vision = createExtractiveEngine({ sees: true, thinks: false });
const text = createExtractiveEngine({ sees: false, thinks: true });
const { signal } = new AbortController();
for (const engine of [vision, text]) await engine.load(() => undefined, signal);
const tally = new Map<string, Map<Verdict, number>>();
const lines: string[] = [];
await runSet(set, {
  ...{ pack, readers: [{ vision, text }], clock: systemClock, signal },
  onDeck: (truth, { results }) => {
    const deck = askedDeckOf(results, []);
    for (const kind of kinds) {
      for (const question of kind.questions) {
        const { answer, quotes } = answerByRules(question, deck);
        const verdict = kind.judge(
          truth,
          answer,
          quotes.map(({ quote }) => quote),
        );
        if (verdict === null) continue;
        const counts = tally.get(kind.name) ?? new Map<Verdict, number>();
        tally.set(kind.name, counts.set(verdict, (counts.get(verdict) ?? 0) + 1));
        if (verdict === "right" || verdict === "silent") continue;
        lines.push(
          `${verdict.padEnd(9)} ${truth.file}: ${question} ${answer ?? "-"}`.slice(0, 160),
        );
      }
    }
  },
});
await Promise.all([vision.close(), text.close()]);
console.log(`${"asked".padEnd(12)} said: a quote holds it   not said: says so`);
const percent = (share: number): number => Math.round(100 * share);
for (const [name, counts] of tally) {
  const count = (...of: Verdict[]) => of.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0);
  const share = (good: number, all: number): string => {
    if (all === 0) return "-";
    const [low, high] = [wilson(good, all)].flatMap((one) => [one.low, one.high]).map(percent);
    return `${good} of ${all}${all < 20 ? ", few samples" : ""} (95 %: ${low} to ${high} %)`;
  };
  const said = share(count("right"), count("right", "wrong", "missed"));
  console.log(
    `${name.padEnd(12)} ${said.padEnd(40)} ${share(count("silent"), count("silent", "invented"))}`,
  );
}
console.log(lines.toSorted().join("\n"));
