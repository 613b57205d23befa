import type { TemplateAnalysis, TemplateChapter } from "../api/types.ts";

export type SectionState = "present" | "thin" | "missing";

/** One expected section, and where the deck has it. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly score: number | null;
  readonly state: SectionState;
  /** Slides that its answers quote. */
  readonly slides: readonly number[];
  /** Those quoted most, at most two: what to look at. */
  readonly look: readonly number[];
  /** Where it stands against a section that the template has on its other side; null: in order. */
  readonly outOfOrder: string | null;
  readonly answered: number;
  readonly questions: number;
}

/** From here up a section is there; below it is thin. Of 5. */
const presentMin = 2.5;

function stateOf({ score, questions }: TemplateChapter): SectionState {
  const answered = questions.filter(({ answer }) => answer !== null).length;
  if (answered === 0) return "missing";
  return (score ?? presentMin) >= presentMin && answered * 2 >= questions.length
    ? "present"
    : "thin";
}

/** How often each slide is quoted, the most quoted first. */
function quoted({ questions }: TemplateChapter): [slide: number, times: number][] {
  const times = new Map<number, number>();
  for (const { evidence } of questions) {
    for (const { slide } of evidence) times.set(slide, (times.get(slide) ?? 0) + 1);
  }
  return [...times].sort(([a, many], [b, more]) => more - many || a - b);
}

/** Expected sections in the order of the template, held against the slides that speak of them. */
export function sectionsOf({ chapters }: TemplateAnalysis): readonly Section[] {
  const found = chapters.map((chapter) => ({ chapter, quotes: quoted(chapter) }));
  const main = found.map(({ quotes }) => quotes[0]?.[0] ?? null);
  const inOrder = longestRise(main);
  return found.map(({ chapter, quotes }, index) => {
    const look = quotes.slice(0, 2).map(([slide]) => slide);
    return {
      ...{ id: chapter.id, title: chapter.title, score: chapter.score },
      state: stateOf(chapter),
      slides: quotes.map(([slide]) => slide).sort((a, b) => a - b),
      look: look.sort((a, b) => a - b),
      outOfOrder: inOrder.has(index) ? null : placeWords(found, main, index),
      answered: chapter.questions.filter(({ answer }) => answer !== null).length,
      questions: chapter.questions.length,
    };
  });
}

/** "earlier than Team". */
function placeWords(
  found: readonly { readonly chapter: TemplateChapter }[],
  main: readonly (number | null)[],
  index: number,
): string | null {
  const own = main[index] ?? null;
  if (own === null) return null;
  const passed = found.findIndex((_, at) => at < index && (main[at] ?? 0) > own);
  if (passed >= 0) return `earlier than ${found[passed]?.chapter.title}`;
  const behind = found.findIndex(
    (_, at) => at > index && (main[at] ?? Number.POSITIVE_INFINITY) < own,
  );
  return behind < 0 ? null : `later than ${found[behind]?.chapter.title}`;
}

/** Indexes of the longest run of places that never falls: what is not in it is out of order. */
export function longestRise(places: readonly (number | null)[]): ReadonlySet<number> {
  const best: { readonly length: number; readonly before: number }[] = [];
  let last = -1;
  for (const [index, place] of places.entries()) {
    let own = { length: place === null ? 0 : 1, before: -1 };
    if (place !== null) {
      for (let at = 0; at < index; at += 1) {
        const earlier = places[at];
        const length = (best[at]?.length ?? 0) + 1;
        if (earlier != null && earlier <= place && length > own.length)
          own = { length, before: at };
      }
    }
    best.push(own);
    if (own.length > (best[last]?.length ?? 0)) last = index;
  }
  const kept = new Set<number>();
  for (let at = last; at >= 0; at = best[at]?.before ?? -1) kept.add(at);
  // What has no place cannot be out of it.
  for (const [index, place] of places.entries()) if (place === null) kept.add(index);
  return kept;
}
