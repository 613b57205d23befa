import type { Cell } from "../portfolio/cell.ts";
import { plain } from "../text/fold.ts";
import { alignSlides, type ComparedSlide, type SlidePair } from "./align.ts";

/** Two decks against each other. `a` is the earlier one where they are versions. Pure, and symmetric: swapped, all is mirrored. */

export interface ComparedFinding {
  /** null: of the whole deck. */
  readonly slide: number | null;
  readonly rule: string;
  readonly severity: string;
  readonly what: string;
}

export interface ComparedDeck {
  readonly fields: readonly Pick<Cell, "path" | "title" | "type" | "value" | "shown">[];
  readonly slides: readonly ComparedSlide[];
  readonly findings: readonly ComparedFinding[];
  readonly score: number | null;
  readonly chapters: readonly {
    readonly id: string;
    readonly title: string;
    readonly score: number | null;
  }[];
}

export interface FieldChange {
  readonly path: string;
  readonly title: string;
  readonly type: string;
  readonly change: "changed" | "added" | "gone";
  readonly a: unknown;
  readonly b: unknown;
  /** In one line; null: it is not stated. */
  readonly shownA: string | null;
  readonly shownB: string | null;
}

export interface SlideChange {
  readonly change: "same" | "changed" | "added" | "removed";
  readonly moved: boolean;
  /** Numbers of the slide; null: the deck has none like it. */
  readonly a: number | null;
  readonly b: number | null;
  readonly title: string | null;
  readonly similarity: number;
  /** Lines that only one of them has. */
  readonly onlyA: string[];
  readonly onlyB: string[];
}

export interface FindingChange extends Omit<ComparedFinding, "slide"> {
  readonly change: "fixed" | "new" | "still";
  readonly slideA: number | null;
  readonly slideB: number | null;
}

export interface DeckComparison {
  readonly fields: FieldChange[];
  /** Every slide of both decks once, in the order of `b`; those that are gone at the end. */
  readonly slides: SlideChange[];
  readonly findings: FindingChange[];
  readonly score: { readonly a: number | null; readonly b: number | null };
  /** Chapters of the template whose score is another. */
  readonly chapters: {
    readonly id: string;
    readonly title: string;
    readonly a: number | null;
    readonly b: number | null;
  }[];
}

export function compareDecks(a: ComparedDeck, b: ComparedDeck): DeckComparison {
  const pairs = alignSlides(a.slides, b.slides);
  return {
    fields: fieldChanges(a, b),
    slides: slideChanges(a, b, pairs),
    findings: findingChanges(a.findings, b.findings, pairs),
    score: { a: a.score, b: b.score },
    chapters: chapterChanges(a, b),
  };
}

function fieldChanges(a: ComparedDeck, b: ComparedDeck): FieldChange[] {
  const [ofA, ofB] = [a, b].map(({ fields }) => new Map(fields.map((one) => [one.path, one])));
  const paths = [...new Set([...(ofA?.keys() ?? []), ...(ofB?.keys() ?? [])])];
  return paths.flatMap((path) => {
    const [one, other] = [ofA?.get(path), ofB?.get(path)];
    const said = one ?? other;
    const [valueA, valueB] = [one?.value ?? null, other?.value ?? null];
    if (said === undefined || sameText(valueA) === sameText(valueB)) return [];
    const change = valueA === null ? "added" : valueB === null ? "gone" : "changed";
    return [
      {
        ...{ path, title: said.title, type: said.type, change, a: valueA, b: valueB },
        ...{ shownA: one?.shown ?? null, shownB: other?.shown ?? null },
      } satisfies FieldChange,
    ];
  });
}

/** By content, whatever the order of keys; words whatever their case and blanks. */
const sameText = (value: unknown): string =>
  typeof value === "string"
    ? `"${bare(value)}"`
    : value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value)
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, one]) => `${key}:${sameText(one)}`)
          .join()
      : JSON.stringify(value ?? null);

const bare = (text: string): string => plain(text).replace(/\s+/gu, " ").trim();

function slideChanges(
  a: ComparedDeck,
  b: ComparedDeck,
  pairs: readonly SlidePair[],
): SlideChange[] {
  const ofA = new Map(a.slides.map((one) => [one.slide, one]));
  const pairedA = new Set(pairs.map((pair) => pair.a));
  const here = b.slides.map((slide): SlideChange => {
    const pair = pairs.find((one) => one.b === slide.slide);
    const old = pair === undefined ? undefined : ofA.get(pair.a);
    if (pair === undefined || old === undefined) return lone(slide, "added");
    const { similarity, moved } = pair;
    return {
      ...{ change: similarity === 1 ? "same" : "changed", moved, similarity },
      ...{ a: pair.a, b: pair.b, title: slide.title ?? old.title },
      ...{ onlyA: linesOnly(old, slide), onlyB: linesOnly(slide, old) },
    };
  });
  const gone = a.slides.filter(({ slide }) => !pairedA.has(slide));
  return [...here, ...gone.map((slide) => lone(slide, "removed"))];
}

const lone = (slide: ComparedSlide, change: "added" | "removed"): SlideChange => ({
  ...{ change, moved: false, title: slide.title, similarity: 0 },
  ...(change === "added" ? { a: null, b: slide.slide } : { a: slide.slide, b: null }),
  ...{ onlyA: [], onlyB: [] },
});

const linesMax = 20;

function linesOnly(one: ComparedSlide, other: ComparedSlide): string[] {
  const known = new Set(other.text.split("\n").map(bare));
  const lines = one.text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !known.has(bare(line))).slice(0, linesMax);
}

/** A finding is still there when its rule still speaks about the same slide; one rule may speak several times. */
function findingChanges(
  a: readonly ComparedFinding[],
  b: readonly ComparedFinding[],
  pairs: readonly SlidePair[],
): FindingChange[] {
  const slideInB = new Map(pairs.map((pair) => [pair.a, pair.b]));
  const left = new Set(b);
  const place = (one: ComparedFinding, slide: number | null | undefined): string =>
    `${slide}\n${one.rule}\n${one.rule === opinion ? bare(one.what) : ""}`;
  const matched = new Map<ComparedFinding, ComparedFinding>();
  // Those that say the same first: what is left over is then the same whichever deck comes first.
  for (const isExact of [true, false]) {
    for (const one of a) {
      const slide = one.slide === null ? null : slideInB.get(one.slide);
      if (matched.has(one) || slide === undefined) continue;
      const twin = [...left].find(
        (other) =>
          place(one, slide) === place(other, other.slide) &&
          (!isExact || bare(one.what) === bare(other.what)),
      );
      if (twin === undefined) continue;
      matched.set(one, twin);
      left.delete(twin);
    }
  }
  return [
    ...a.map((one): FindingChange => {
      const twin = matched.get(one);
      const { slide, ...said } = twin ?? one;
      const change = twin === undefined ? "fixed" : "still";
      return { ...said, change, slideA: one.slide, slideB: twin === undefined ? null : slide };
    }),
    ...b
      .filter((one) => left.has(one))
      .map(
        ({ slide, ...said }): FindingChange => ({
          ...said,
          ...{ change: "new", slideA: null, slideB: slide },
        }),
      ),
  ];
}

/** Words of a model, which are never the same rule twice. */
const opinion = "opinion";

function chapterChanges(a: ComparedDeck, b: ComparedDeck): DeckComparison["chapters"] {
  const ids = [...new Set([...a.chapters, ...b.chapters].map(({ id }) => id))];
  return ids.flatMap((id) => {
    const [one, other] = [a, b].map(({ chapters }) => chapters.find((found) => found.id === id));
    const [scoreA, scoreB] = [one?.score ?? null, other?.score ?? null];
    if (scoreA === scoreB) return [];
    return [{ id, title: (one ?? other)?.title ?? id, a: scoreA, b: scoreB }];
  });
}
