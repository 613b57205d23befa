import { type Versioned, withMark } from "../portfolio/version-words.ts";
import type { DeckComparison, FindingChange, SlideChange } from "./compare.ts";

interface Side extends Versioned {
  readonly name: string;
  readonly company: string | null;
}

/** A comparison for a message or a file. Words of decks cannot become markup. */
export function comparisonMarkdown(
  told: DeckComparison & { readonly a: Side; readonly b: Side; readonly sameFile: boolean },
): string {
  return [
    `# ${nameOf(told.a)} and ${nameOf(told.b)}`,
    ...(told.sameFile ? ["Both are runs of the same file: what differs was read otherwise."] : []),
    section("Fields", told.fields.map(fieldLine)),
    section("Slides", told.slides.filter(isNews).flatMap(slideLines)),
    section("Findings", told.findings.map(findingLine)),
    section("Template", [
      `Score: ${scoreWords(told.score.a)} before, ${scoreWords(told.score.b)} now`,
      ...told.chapters.map(
        ({ title, a, b }) => `${plainWords(title)}: ${scoreWords(a)} before, ${scoreWords(b)} now`,
      ),
    ]),
    "",
  ].join("\n\n");
}

const nameOf = (side: Side): string => withMark(plainWords(side.company ?? side.name), side);

const section = (title: string, lines: readonly string[]): string =>
  `## ${title}\n\n${lines.length === 0 ? "Nothing has changed." : lines.map(item).join("\n")}`;

/** Before a line that belongs to the one above. */
const inner = "\t";
const item = (line: string): string =>
  line.startsWith(inner) ? `  - ${line.slice(inner.length)}` : `- ${line}`;

const scoreWords = (score: number | null): string =>
  score === null ? "not scored" : `${Math.round(score * 10) / 10} of 5`;

const said = (shown: string | null): string => (shown === null ? "not stated" : plainWords(shown));

const fieldLine = ({ title, shownA, shownB }: DeckComparison["fields"][number]): string =>
  `${plainWords(title)}: ${said(shownA)} before, ${said(shownB)} now`;

const isNews = ({ change, moved }: SlideChange): boolean => change !== "same" || moved;

function slideLines({ change, moved, a, b, title, onlyA, onlyB }: SlideChange): string[] {
  const name = title === null ? "" : ` (${plainWords(title)})`;
  if (change === "added") return [`Slide ${b}${name}: added`];
  if (change === "removed") return [`Slide ${a} of before${name}: removed`];
  const words = [change === "changed" ? "changed" : [], moved ? "moved" : []].flat().join(" and ");
  return [
    `Slide ${b}${name}, before slide ${a}: ${words}`,
    ...onlyA.map((line) => `${inner}before: ${plainWords(line)}`),
    ...onlyB.map((line) => `${inner}now: ${plainWords(line)}`),
  ];
}

const findingWords = { fixed: "fixed", new: "new", still: "still there" } as const;

function findingLine({ change, severity, what, slideA, slideB }: FindingChange): string {
  const slide = slideB ?? slideA;
  const place = slide === null ? "deck" : `slide ${slide}`;
  return `${findingWords[change]}, ${plainWords(severity)}, ${place}: ${plainWords(what)}`;
}

/** One line; whatever Markdown takes for a mark is taken as it is. */
const plainWords = (text: string): string =>
  text
    .replace(/\s+/gu, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>#|!~]/g, "\\$&");
