/** Longer ones nobody reads. */
const patternMax = 300;
/** Strings that a pattern may be held against: where parts of it compete, time grows with a power of the length. */
export const patternedLengthMax = 500;
/** Repetitions without a bound in one pattern. */
const unboundedMax = 4;

/**
 * Why a pattern of a schema is refused; null: it may stay. Patterns are held against what models and people
 * write, by an engine that tries all ways: `(a+)+$` takes for ever on thirty letters, and whoever waits for it does
 * nothing else. So nothing that repeats, or offers a choice, is repeated without a bound.
 */
export function patternProblem(pattern: string): string | null {
  if (pattern.length > patternMax) return `is longer than ${patternMax} letters`;
  if (/\\[1-9]|\\k</.test(pattern)) return "must not refer back to a group";
  if (/\(\?<?[=!]/.test(pattern)) return "must not look ahead or back";
  const open: { varies: boolean }[] = [{ varies: false }];
  let unbounded = 0;
  // What a repetition would repeat: whether it may match in more than one way.
  let lastVaries = false;
  const varies = (): void => {
    for (const group of open) group.varies = true;
  };
  for (const [part] of pattern.matchAll(
    /\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[()|*+?]|./gsu,
  )) {
    if (part === "(") open.push({ varies: false });
    else if (part === ")") lastVaries = open.length > 1 && (open.pop()?.varies ?? false);
    else if (part === "|") varies();
    else if (/^(?:[*+]|\{\d+,\d*\})$/.test(part)) {
      if (isLong(part)) {
        unbounded += 1;
        if (lastVaries) return `repeats what can match in several ways, at ${part}`;
      }
      varies();
    } else if (part === "?") {
      // After a repetition it only says how greedy that is.
      varies();
    } else lastVaries = false;
  }
  return unbounded > unboundedMax ? `has more than ${unboundedMax} open repetitions` : null;
}

/** `*`, `+`, `{2,}`, and bounds so far apart that it makes no difference. */
function isLong(quantifier: string): boolean {
  const [least = 0, most] = (quantifier.match(/\d+/g) ?? []).map(Number);
  return most === undefined || most - least > 10;
}
