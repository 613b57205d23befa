import { type DeckRun, type EvaluationRun, figuresOf } from "./run.ts";
import { type JudgedField, judgedFields, type Verdict } from "./truth.ts";

/** One field over the decks that both runs read. */
export interface FieldChange {
  readonly field: JudgedField;
  /** Decks that were right before and are wrong now, and the other way round. */
  readonly lost: readonly string[];
  readonly gained: readonly string[];
  /** How often chance alone would part the changes at least as unevenly: 1 for none. */
  readonly chance: number;
}

export interface Comparison {
  readonly decks: number;
  /** Decks of only one of the two. */
  readonly unpaired: readonly string[];
  readonly changes: readonly FieldChange[];
  /** A sentence each; empty: they were compared, and nothing has become worse. */
  readonly regressions: readonly string[];
}

/** A fall of the share of grounded quotes that is no change of a deck or two. */
const groundingMargin = 0.01;

/**
 * Compares two runs deck by deck, by the hash of the file. A field has regressed when more than `tolerance`
 * decks that were right before are not any more, whatever was gained beside it.
 */
export function compareRuns(
  base: EvaluationRun,
  now: EvaluationRun,
  tolerance: number,
): Comparison {
  const before = new Map(base.decks.map((deck) => [deck.sha256, deck]));
  const pairs = now.decks.flatMap((deck) => {
    const old = before.get(deck.sha256);
    return old === undefined ? [] : [{ old, deck }];
  });
  const paired = new Set(pairs.map(({ deck }) => deck.sha256));
  const unpaired = [...base.decks, ...now.decks].filter(({ sha256 }) => !paired.has(sha256));
  const changes = judgedFields.flatMap((field) => changeOf(field, pairs));
  const regressions = [
    ...(pairs.length === 0
      ? ["The two runs have no deck in common, so nothing was compared."]
      : []),
    ...changes.flatMap(({ field, lost, gained }) =>
      lost.length > tolerance
        ? [
            `${field} regressed: right before and not now in ${lost.join(", ")}${gained.length > 0 ? ` (gained: ${gained.join(", ")})` : ""}.`,
          ]
        : [],
    ),
    ...readingRegression(pairs),
    ...groundingRegression(pairs),
  ];
  return {
    decks: pairs.length,
    unpaired: unpaired.map(({ file }) => file),
    changes,
    regressions,
  };
}

type Pair = { readonly old: DeckRun; readonly deck: DeckRun };

function changeOf(field: JudgedField, pairs: readonly Pair[]): FieldChange[] {
  const judged = pairs.flatMap(({ old, deck }) => {
    const [was, is] = [old.fields[field]?.verdict, deck.fields[field]?.verdict];
    return was === undefined || is === undefined ? [] : [{ file: deck.file, was, is }];
  });
  const lost = judged.filter(({ was, is }) => isGood(was) && !isGood(is)).map(({ file }) => file);
  const gained = judged.filter(({ was, is }) => !isGood(was) && isGood(is)).map(({ file }) => file);
  if (judged.length === 0) return [];
  return [{ field, lost, gained, chance: signTest(lost.length, gained.length) }];
}

const isGood = (verdict: Verdict): boolean => verdict === "right" || verdict === "silent";

/** A deck that cannot be read whole any more: what it states nowhere would pass for right. */
function readingRegression(pairs: readonly Pair[]): string[] {
  const lost = pairs.filter(
    ({ old, deck }) => old.problems.length === 0 && deck.problems.length > 0,
  );
  if (lost.length === 0) return [];
  return [
    `Reading regressed: read whole before and not now: ${lost.map(({ deck }) => deck.file).join(", ")}.`,
  ];
}

function groundingRegression(pairs: readonly Pair[]): string[] {
  const was = figuresOf({ decks: pairs.map(({ old }) => old) }).grounding.share;
  const is = figuresOf({ decks: pairs.map(({ deck }) => deck) }).grounding.share;
  if (was === null || is === null || is >= was - groundingMargin) return [];
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return [
    `Grounding regressed: ${percent(is)} of the quotes stand on their slide, before ${percent(was)}.`,
  ];
}

/**
 * The exact two-sided sign test over the decks that changed, which for pairs of right and wrong is McNemar's
 * exact test (McNemar, Psychometrika 12, 1947).
 */
function signTest(lost: number, gained: number): number {
  const changed = lost + gained;
  const few = Math.min(lost, gained);
  let ways = 1;
  let tail = 0;
  for (let k = 0; k <= few; k += 1) {
    tail += ways;
    ways = (ways * (changed - k)) / (k + 1);
  }
  return Math.min(1, (2 * tail) / 2 ** changed);
}
