import type { SlideAnalysis } from "../../../../contract/results.ts";

/** How much a term on a slide of this kind says about the company's own product. */
export const kindWeight: Readonly<Record<SlideAnalysis["kind"], number>> = {
  cover: 3,
  solution: 3,
  product: 3,
  problem: 1.2,
  clinical: 1.5,
  regulatory: 1.5,
  science: 1.5,
  business_model: 1.2,
  traction: 1.2,
  roadmap: 1,
  other: 1,
  ask: 0.8,
  financials: 0.8,
  contact: 1,
  market: 0.5,
  team: 0.3,
  competition: 0.1,
};
