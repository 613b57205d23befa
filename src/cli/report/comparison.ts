import type { Comparison, FindingChange, SlideChange } from "../../contract/compare.ts";
import { withMark } from "../../core/portfolio/version-words.ts";
import type { Style } from "../style.ts";
import { oneLine, plural } from "../text.ts";

/** What has changed, a line each; what has stayed is only counted. */
export function comparisonText(told: Comparison, { colors }: Style): string {
  const side = (of: Comparison["a"]): string =>
    `${colors.dim(of.id)} ${withMark(oneLine(of.company ?? of.name), of)}`;
  const counts = { same: 0, still: 0 };
  for (const { change, moved } of told.slides) if (change === "same" && !moved) counts.same += 1;
  for (const { change } of told.findings) if (change === "still") counts.still += 1;
  const part = (title: string, lines: readonly string[], rest: string): string[] => [
    ...["", colors.bold(title)],
    ...(lines.length === 0 ? ["  nothing has changed"] : lines.map((line) => `  ${line}`)),
    ...(rest === "" ? [] : [colors.dim(`  ${rest}`)]),
  ];
  const score = (value: number | null): string =>
    value === null ? "not scored" : `${Math.round(value * 10) / 10} of 5`;
  return [
    ...[side(told.a), side(told.b)],
    ...(told.sameFile ? ["Both are runs of the same file: what differs was read otherwise."] : []),
    ...part("Fields", told.fields.map(fieldLine), ""),
    ...part("Slides", told.slides.flatMap(slideLine), `${plural(counts.same, "slide")} as before`),
    ...part(
      "Findings",
      told.findings.flatMap(findingLine),
      `${plural(counts.still, "finding")} still there`,
    ),
    ...part(
      "Template",
      told.chapters.map(({ title, a, b }) => `${oneLine(title)}: ${score(a)} -> ${score(b)}`),
      `in all ${score(told.score.a)} -> ${score(told.score.b)}`,
    ),
  ].join("\n");
}

const said = (shown: string | null): string => (shown === null ? "not stated" : oneLine(shown));

const fieldLine = ({ title, shownA, shownB }: Comparison["fields"][number]): string =>
  `${oneLine(title)}: ${said(shownA)} -> ${said(shownB)}`;

function slideLine({ change, moved, a, b, title }: SlideChange): string[] {
  const name = title === null ? "" : `  ${oneLine(title)}`;
  if (change === "added") return [`+ ${b}${name}`];
  if (change === "removed") return [`- ${a}${name}`];
  if (change === "same" && !moved) return [];
  const words = [change === "changed" ? "changed" : [], moved ? "moved" : []].flat().join(", ");
  return [`~ ${a} -> ${b}${name}  (${words})`];
}

function findingLine({ change, severity, what, slideA, slideB }: FindingChange): string[] {
  if (change === "still") return [];
  const slide = slideB ?? slideA;
  return [
    `${change}: ${slide === null ? "deck" : `slide ${slide}`}, ${severity}: ${oneLine(what)}`,
  ];
}
