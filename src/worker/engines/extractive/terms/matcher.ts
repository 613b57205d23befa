import { escaped, fold } from "../text-tools.ts";

/** A term ready to be looked for in both forms of a text. */
export interface Matcher {
  readonly term: string;
  /** Acronyms are matched as written; everything else in the folded text. */
  readonly exact: boolean;
  readonly pattern: RegExp;
  /** Stands in every text that matches: looking for it first spares most of the patterns. */
  readonly probe: string;
}

const isAcronym = (term: string): boolean =>
  !term.includes(" ") && (term.match(/\p{Lu}/gu)?.length ?? 0) >= 2;

/** Plural-tolerant in each word, hyphen or blank between words. */
function source(term: string): string {
  return fold(term)
    .split(/[\s-]+/u)
    .map((word) => {
      if (!/\p{L}$/u.test(word) || word.length < 4) return escaped(word);
      if (word.endsWith("y")) return `${escaped(word.slice(0, -1))}(?:y|ies)`;
      return `${escaped(word)}(?:s|es|e|n|en|er|em)?`;
    })
    .join("[\\s-]+");
}

function patternOf(term: string, exact: boolean): RegExp {
  const body = exact ? `${escaped(term)}s?` : source(term);
  return new RegExp(`(?<![\\p{L}\\p{N}])${body}(?![\\p{L}\\p{N}])`, "u");
}

export function matcherOf(term: string): Matcher {
  const exact = isAcronym(term);
  const [first = ""] = fold(term).split(/[\s-]+/u);
  let made: RegExp | undefined;
  return {
    ...{ term, exact, probe: exact ? term : first.replace(/y$/u, "") },
    // Hundreds are known and few are met: made for all of them, they took a quarter of a second at each start.
    get pattern() {
      made ??= patternOf(term, exact);
      return made;
    },
  };
}

export interface FoldedText {
  readonly plain: string;
  readonly folded: string;
}

export const foldedText = (plain: string): FoldedText => ({
  plain,
  folded: fold(plain).replace(/\s+/gu, " "),
});

export function matches({ exact, probe, pattern }: Matcher, text: FoldedText): boolean {
  const within = exact ? text.plain : text.folded;
  return within.includes(probe) && pattern.test(within);
}
