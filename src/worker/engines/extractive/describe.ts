import type { SlideAnalysis } from "../../../contract/results.ts";
import { clip } from "./text-tools.ts";

const kindNames: Readonly<Record<SlideAnalysis["kind"], string>> = {
  cover: "Cover slide",
  problem: "Problem slide",
  solution: "Solution slide",
  product: "Product slide",
  market: "Market slide",
  competition: "Competition slide",
  business_model: "Business model slide",
  traction: "Traction slide",
  clinical: "Clinical evidence slide",
  regulatory: "Regulatory slide",
  science: "Science slide",
  team: "Team slide",
  financials: "Financials slide",
  ask: "Funding slide",
  roadmap: "Roadmap slide",
  contact: "Closing slide",
  other: "Slide",
};

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

function visualPart(visuals: SlideAnalysis["visuals"]): string | null {
  const kinds = ["picture", "chart", "table", "diagram"] as const;
  const parts = kinds
    .map((kind) => ({ kind, count: visuals.filter((visual) => visual.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => (count === 1 ? `a ${kind}` : plural(count, kind)));
  if (parts.length === 0) return null;
  const last = parts.pop() ?? "";
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}

/** One to three sentences made only of what was measured or stands on the slide. */
export function describe(slide: Omit<SlideAnalysis, "description">): string {
  const name = kindNames[slide.kind];
  const titled = slide.title
    ? `${name} titled "${clip(slide.title, 120)}"`
    : `${name} without a title`;
  const visual = visualPart(slide.visuals);
  if (slide.words === 0) {
    return visual
      ? `${name} with ${visual} and no readable text.`
      : `${name} without readable text.`;
  }
  const amount = `${plural(slide.words, "word")} in ${plural(slide.blocks.length, "text block")}`;
  const first = `${titled}: ${amount}${visual ? `, with ${visual}` : ""}.`;
  const lead = slide.blocks
    .filter((block) => block.text !== slide.title && block.text.length > 25)
    .sort((a, b) => b.size - a.size || a.y - b.y)[0];
  const second = lead ? ` It says: "${clip(lead.text, 160)}"` : "";
  const third = slide.text_source === "ocr" ? " The text was read from the picture." : "";
  return `${first}${second}${third}`;
}
