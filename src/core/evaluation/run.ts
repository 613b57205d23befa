import { type Share, wilson } from "../slo/wilson.ts";
import { type FieldScore, scoreField } from "./score.ts";
import { type JudgedField, judgedFields, type Verdict } from "./truth.ts";

export interface RunQuote {
  readonly slide: number;
  readonly quote: string;
  readonly grounded: boolean;
}

/** One field of one deck: what was said, what is true, and how it was judged. */
export interface FieldRun {
  readonly verdict: Verdict;
  readonly said: string | null;
  readonly truth: string | null;
  readonly confidence: number;
  readonly quotes: readonly RunQuote[];
}

export interface DeckRun {
  readonly file: string;
  readonly sha256: string;
  readonly pages: number;
  /** Sentences about what failed; empty: all of it was read. */
  readonly problems: readonly string[];
  readonly fields: { readonly [field in JudgedField]?: FieldRun };
  /** For a person to judge. */
  readonly offering: { readonly said: string | null; readonly truth: string | null };
  /** All quotes of all tasks, and how many of them were found on their slide. */
  readonly quotes: { readonly all: number; readonly grounded: number };
  /** Busy time by pool. */
  readonly seconds: { readonly vision: number; readonly text: number };
  readonly tokens: { readonly prompt: number; readonly output: number } | null;
}

/** One engine with its models and one pack over all decks. */
export interface EvaluationRun {
  readonly label: string;
  readonly engine: string;
  readonly models: { readonly vision: string | null; readonly text: string | null };
  readonly pack: { readonly name: string; readonly version: number; readonly contentHash: string };
  readonly decks: readonly DeckRun[];
}

export interface RunFigures {
  readonly fields: { readonly [field in JudgedField]: FieldScore };
  /** Recall of the two answers to "is it healthcare?", each among the decks it is true of. */
  readonly healthcare: { readonly yes: Share; readonly no: Share };
  /** Values given where the deck states none, over all fields and decks. */
  readonly invented: number;
  readonly grounding: Share;
  /** Decks that could not be read whole. */
  readonly failed: number;
  readonly secondsPerDeck: number;
  readonly tokensPerDeck: number | null;
}

/** The figures of a run. Every share carries its 95 % Wilson interval. */
export function figuresOf({ decks }: Pick<EvaluationRun, "decks">): RunFigures {
  const fields = Object.fromEntries(
    judgedFields.map((field) => [field, scoreField(verdictsOf(decks, field))]),
  ) as Record<JudgedField, FieldScore>;
  const sum = (of: (deck: DeckRun) => number): number =>
    decks.reduce((total, deck) => total + of(deck), 0);
  const counted = decks.filter(({ tokens }) => tokens !== null);
  return {
    fields,
    healthcare: { yes: healthcareRecall(decks, "yes"), no: healthcareRecall(decks, "no") },
    invented: judgedFields.reduce((total, field) => total + fields[field].invented.hits, 0),
    grounding: wilson(
      sum(({ quotes }) => quotes.grounded),
      sum(({ quotes }) => quotes.all),
    ),
    failed: decks.filter(({ problems }) => problems.length > 0).length,
    secondsPerDeck: sum(({ seconds }) => seconds.vision + seconds.text) / Math.max(1, decks.length),
    tokensPerDeck:
      counted.length === 0
        ? null
        : sum(({ tokens }) => (tokens?.prompt ?? 0) + (tokens?.output ?? 0)) / counted.length,
  };
}

const verdictsOf = (decks: readonly DeckRun[], field: JudgedField): Verdict[] =>
  decks.flatMap(({ fields }) => fields[field]?.verdict ?? []);

function healthcareRecall(decks: readonly DeckRun[], truth: "yes" | "no"): Share {
  const asked = decks.filter(({ fields }) => fields.healthcare?.truth === truth);
  const right = asked.filter(({ fields }) => fields.healthcare?.verdict === "right");
  return wilson(right.length, asked.length);
}

/** Money a deck costs at prices in millionths of a US dollar an hour: busy time alone, without starts and rounding. */
export function microUsdPerDeck(
  { decks }: Pick<EvaluationRun, "decks">,
  perHour: { readonly vision: number; readonly text: number },
): number {
  const total = decks.reduce(
    (sum, { seconds }) => sum + seconds.vision * perHour.vision + seconds.text * perHour.text,
    0,
  );
  return total / 3_600 / Math.max(1, decks.length);
}
