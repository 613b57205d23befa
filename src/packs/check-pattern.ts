/** Longer ones nobody reads. */
const patternMax = 300;
/** Strings that a pattern may be held against: where parts of it compete, time grows with a power of the length. */
export const patternedLengthMax = 500;
/** What an open repetition counts for: three that compete for such a string share it in some 200 to the third ways. */
const openWays = 200;
/** Ways to try before a pattern is known not to match: a second or two, since V8 begins by interpreting it. */
const waysMax = 2e7;

const tooMany =
  "may match in too many ways: begin it with ^, and give its repetitions small bounds";
/** A property of letters, a letter by its number, any other escape, a class, a repetition, a group, a letter. */
const parts =
  /\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|\((?:\?(?:<[^>]*>|[a-z-]*:))?|[)|*+?]|./gsu;

/** One that is open yet: in how many ways its finished branches match, and what there is of the last one. */
interface Group {
  readonly around: Group | null;
  readonly finished: number;
  branch: number;
}

/**
 * Why a pattern of a schema is refused; null: it may stay. Patterns are held against what models and people
 * write, by an engine that tries all ways: `(a+)+$` takes for ever on thirty letters, and whoever waits for it does
 * nothing else. So nothing that repeats, or offers a choice, is repeated without a bound, nothing that repeats
 * without one is repeated at all, and small choices multiply to no more than can be tried.
 */
export function patternProblem(pattern: string): string | null {
  if (pattern.length > patternMax) return `is longer than ${patternMax} letters`;
  if (/\\[1-9]|\\k</.test(pattern)) return "must not refer back to a group";
  if (/\(\?<?[=!]/.test(pattern)) return "must not look ahead or back";
  let group: Group = { around: null, finished: 0, branch: 1 };
  // Ways of what a repetition would repeat.
  let last = 1;
  let isRepeated = false;
  for (const [part] of pattern.matchAll(parts)) {
    const bounds = boundsOf(part);
    if (bounds !== null) {
      // After a repetition "?" only says how greedy that is.
      if (part !== "?" || !isRepeated) last = repeated(last, bounds);
      if (last > waysMax) return `repeats what can match in several ways, at ${part}`;
    } else if (part === ")") {
      last = waysOf(group, last);
      group = group.around ?? group;
    } else {
      group.branch *= last;
      last = 1;
      if (part === "|") group = { ...group, finished: group.finished + group.branch, branch: 1 };
      if (part.startsWith("(")) group = { around: group, finished: 0, branch: 1 };
    }
    isRepeated = bounds !== null && !isRepeated;
  }
  const isFixed = pattern.startsWith("^") && group.finished === 0;
  const ways = waysOf(group, last) * (isFixed ? 1 : openWays);
  return ways > waysMax ? tooMany : null;
}

const waysOf = ({ finished, branch }: Group, last: number): number => finished + branch * last;

/** How often something may come; null: the part is no repetition. */
function boundsOf(part: string): readonly [least: number, most: number] | null {
  if (part === "?") return [0, 1];
  if (part === "*" || part === "+") return [0, Number.POSITIVE_INFINITY];
  const found = /^\{(\d+)(,?)(\d*)\}$/.exec(part);
  if (found === null) return null;
  const [, least, comma, most] = found;
  if (comma === "") return [Number(least), Number(least)];
  return [Number(least), most === "" ? Number.POSITIVE_INFINITY : Number(most)];
}

/** In how many ways something matches that is repeated and by itself matches in `ways`. */
function repeated(ways: number, [least, most]: readonly [number, number]): number {
  if (most <= 1) return least === most ? ways : ways + 1;
  if (ways === 1) return Math.min(most - least + 1, openWays);
  if (ways >= openWays) return Number.POSITIVE_INFINITY;
  let all = 0;
  for (let times = least; times <= most && all <= waysMax; times += 1) all += ways ** times;
  return all;
}
