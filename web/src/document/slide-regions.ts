import type { SlideView, TextBlock } from "../api/types.ts";
import { regionsOf } from "../lib/regions.ts";
import { bySeverity } from "../lib/severity.ts";
import type { Field } from "./fields.ts";

/** Something that stands on a slide, with the box around its words as fractions of the page. */
export interface Region {
  readonly kind: "finding" | "fact";
  readonly label: string;
  readonly quote: string;
  readonly box: Pick<TextBlock, "x" | "y" | "width" | "height">;
}

/** The smallest box around all of them; null: there are none. */
function boxAround(blocks: readonly TextBlock[]): Region["box"] | null {
  if (blocks.length === 0) return null;
  const x = Math.min(...blocks.map((block) => block.x));
  const y = Math.min(...blocks.map((block) => block.y));
  const right = Math.max(...blocks.map((block) => block.x + block.width));
  const bottom = Math.max(...blocks.map((block) => block.y + block.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** Fields with a quote on this slide, each with that quote. */
export const factsOn = (
  fields: readonly Field[],
  slide: number,
): readonly { readonly field: Field; readonly quote: string }[] =>
  fields.flatMap((field) => {
    const found = [...field.evidence, ...field.others.flatMap((other) => other.evidence)].find(
      (one) => one.slide === slide,
    );
    return found === undefined ? [] : [{ field, quote: found.quote }];
  });

/** What of a slide can be pointed at; the large ones first, so that small ones lie above them. */
export function regionsOn(slide: SlideView, fields: readonly Field[]): readonly Region[] {
  const blocks = slide.analysis?.blocks ?? [];
  const said = [
    ...bySeverity(slide.feedback?.findings ?? []).flatMap((finding) =>
      finding.evidence
        .filter((one) => one.slide === slide.slide)
        .map(({ quote }) => ({ kind: "finding" as const, label: finding.what, quote })),
    ),
    ...factsOn(fields, slide.slide).map(({ field, quote }) => ({
      ...{ kind: "fact" as const, quote },
      label: `${field.label}: ${field.value ?? "not found"}`,
    })),
  ];
  const seen = new Set<string>();
  return said
    .flatMap((one) => {
      const box = boxAround(regionsOf(one.quote, blocks));
      const key = `${one.kind} ${one.quote}`;
      if (box === null || seen.has(key)) return [];
      seen.add(key);
      return [{ ...one, box }];
    })
    .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
}
