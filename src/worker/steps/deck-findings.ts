import type { DeckFinding, Finding, SlideFindings, StatedFigure } from "../../contract/results.ts";
import { ranked } from "../engines/ranked.ts";

/** A figure with the slide that states it. */
interface Placed extends StatedFigure {
  readonly slide: number;
}

const perDeck = 10;
const conflictPrefix = "conflicting_";
/** Rounding is no contradiction. */
const slack = 0.08;

const names = {
  market: "market size",
  ask: "amount asked for",
  team: "number of people in the team",
  customers: "number of customers",
} as const;

/** The same thing, at the same time, with another number. Silence about place or year agrees with any. */
function disagree(a: Placed, b: Placed): boolean {
  if (a.kind !== b.kind || a.unit !== b.unit || a.slide === b.slide) return false;
  const sameYear = a.year === null || b.year === null || a.year === b.year;
  if (!sameYear || !sameThing(a, b)) return false;
  return Math.abs(a.value - b.value) > slack * Math.max(a.value, b.value);
}

/** Those who pay are part of all: more of them than of all is a contradiction, fewer is none. */
function sameThing(a: Placed, b: Placed): boolean {
  if (a.of === b.of) return true;
  if (a.kind !== "customers") return false;
  const [paying, all] = a.of === "paying" ? [a, b] : [b, a];
  return paying.of === "paying" && all.of === "" && paying.value > all.value;
}

function conflictOf(a: Placed, b: Placed): DeckFinding {
  const name = names[a.kind];
  return {
    rule: `${conflictPrefix}${a.kind}`,
    severity: "critical",
    what: `Slide ${a.slide} says "${a.quote}", slide ${b.slide} says "${b.quote}": two values for the ${name}.`,
    why: "One of them will be found wrong in diligence, and then every number of the deck is in doubt.",
    fix: "Use one value with its date on both slides, or say in what the two differ.",
    evidence: [a, b].map(({ slide, quote }) => ({ slide, quote, grounded: true })),
    measure: {
      name,
      value: b.value,
      limit: a.value,
      unit: a.unit,
    },
    slides: [a.slide, b.slide],
  };
}

/** One conflict a kind: the two first slides that disagree. */
function conflictsIn(slides: readonly SlideFindings[]): DeckFinding[] {
  const figures = slides.flatMap(({ slide, figures: own }) =>
    own.map((one) => ({ ...one, slide })),
  );
  return (["market", "ask", "team", "customers"] as const).flatMap((kind) => {
    const own = figures.filter((figure) => figure.kind === kind);
    for (const [at, first] of own.entries()) {
      const other = own.slice(at + 1).find((next) => disagree(first, next));
      if (other) return [conflictOf(first, other)];
    }
    return [];
  });
}

/** Findings of one rule on several slides become one, told by its gravest. */
function merged(slides: readonly SlideFindings[]): DeckFinding[] {
  const byRule = new Map<string, { slide: number; finding: Finding }[]>();
  for (const { slide, findings } of slides) {
    for (const finding of findings) {
      if (finding.rule === "opinion") continue;
      byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), { slide, finding }]);
    }
  }
  return [...byRule.values()].flatMap((group) => {
    const [gravest] = ranked(group.map(({ finding }) => finding));
    const on = group.map(({ slide }) => slide);
    if (gravest === undefined) return [];
    const what =
      on.length > 1 ? `${gravest.what} The same on slides ${on.join(", ")}.` : gravest.what;
    return [{ ...gravest, what, slides: on }];
  });
}

const isConflict = ({ rule }: Finding): boolean => rule.startsWith(conflictPrefix);

/**
 * What only shows when all slides are read: numbers that disagree, and what repeats. A conflict also
 * stands with the later of its two slides, where a reader notices it. Pure and repeatable: slides that
 * come out may go in again, as those of a finished task do from the cache.
 */
export function overDeck(read: readonly SlideFindings[]): {
  slides: SlideFindings[];
  deck: DeckFinding[];
} {
  const slides = read.map((one) => ({
    ...one,
    findings: one.findings.filter((finding) => !isConflict(finding)),
  }));
  const conflicts = conflictsIn(slides);
  const deck = ranked([...conflicts, ...merged(slides)]).slice(0, perDeck);
  const told = slides.map((one) => {
    const own = conflicts.filter((conflict) => conflict.slides.at(-1) === one.slide);
    const findings = [...own.map(({ slides: _on, ...finding }) => finding), ...one.findings];
    return { ...one, findings };
  });
  return { slides: told, deck };
}
