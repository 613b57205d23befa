import {
  type SlideFeedback,
  type SlideFindings,
  slideFeedback,
  slideFindings,
} from "../../contract/results.ts";
import { groundEvidence } from "../../core/grounding/grounding.ts";
import { systemClock } from "../../lib/clock.ts";
import type { RenderedPage } from "../../pdf/types.ts";
import { addressedFinding, addressedRule } from "../engines/addressed.ts";
import { measurePage } from "../engines/extractive/feedback/measure-page.ts";
import { overDeck } from "./deck-findings.ts";
import { eachSlide } from "./each-slide.ts";
import { layerText } from "./page-words.ts";
import {
  askFor,
  asList,
  asRecord,
  promptOf,
  type StepContext,
  type StepResult,
  schemaOf,
} from "./step.ts";
import type { VisionPorts } from "./visual-analysis.ts";

/** What is good and what to mend on every slide. */
export async function reviewSlides(
  context: StepContext,
  ports: VisionPorts<SlideFeedback["slides"][number]>,
): Promise<StepResult<SlideFeedback>> {
  const { slides, gaps } = await eachSlide(context, ports, {
    schema: slideFindings,
    read: async (slide) => reviewSlide(context, await ports.page(slide), ports.pages),
  });
  return { result: slideFeedback.parse(overDeck(slides)), gaps, applicable: true, reason: null };
}

async function reviewSlide(context: StepContext, page: RenderedPage, slides: number) {
  const { engine, pack, signal } = context;
  const slots = { slide: String(page.page), slides: String(slides) };
  const byRules = engine.ref.name === "extractive";
  const opinions = await askFor(context, {
    prompt: promptOf(pack, "slide_feedback", slots),
    schema: slideFindings,
    complete: (value) => completeFindings(asRecord(value), page, byRules),
    ask: (prompt) =>
      engine.see(
        {
          task: "slide_feedback",
          slide: page.page,
          slides,
          jpeg: page.jpeg,
          widthPixels: page.widthPixels,
          heightPixels: page.heightPixels,
          facts: page.facts,
          prompt,
          schema: schemaOf(pack, "slide_feedback"),
        },
        signal,
      ),
  });
  return byRules ? opinions : await withMeasures(opinions, page, slides);
}

/** What can be measured is not left to a model: it stands before its opinions, and its figures are the slide's own. */
async function withMeasures(
  opinions: SlideFindings,
  page: RenderedPage,
  slides: number,
): Promise<SlideFindings> {
  const thisYear = new Date(systemClock.nowMs()).getUTCFullYear();
  // A page that cannot be measured is no reason to lose the opinion on it.
  const measured = await measurePage(page, slides, thisYear).catch(() => null);
  if (measured === null) return opinions;
  const findings = [...measured.findings, ...opinions.findings];
  return { ...opinions, findings, figures: measured.figures };
}

function completeFindings(given: Record<string, unknown>, page: RenderedPage, measured: boolean) {
  const findings = asList(given.findings).map((item) => {
    const finding = asRecord(item);
    const evidence = asList(finding.evidence).map((piece) => asRecord(piece));
    return {
      rule: "opinion",
      measure: null,
      ...finding,
      evidence: groundOnPage(evidence, page, measured),
    };
  });
  // The rules read pictures too, and have looked there already.
  const isAddressed = ({ rule }: { rule?: unknown }): boolean => rule === addressedRule;
  const found = measured ? findings.filter(isAddressed) : [];
  const seen = found.flatMap(({ evidence }) =>
    evidence.map((piece) => String(asRecord(piece).quote)),
  );
  const addressed = addressedFinding(page.page, [layerText(page.facts) ?? "", ...seen]);
  const others = findings.filter((one) => !found.includes(one));
  return {
    slide: page.page,
    findings: addressed === null ? others : [addressed, ...others],
    figures: measured ? asList(given.figures) : [],
  };
}

/**
 * Only this slide was seen, so its evidence stands here or nowhere: in the text layer, or in what the
 * rules have read from its pictures, which they quote literally. A model's quote cannot be checked
 * there and does not count as grounded.
 */
function groundOnPage(
  evidence: readonly Record<string, unknown>[],
  page: RenderedPage,
  measured: boolean,
): unknown[] {
  const text = layerText(page.facts);
  const pieces = evidence.flatMap((piece) =>
    typeof piece.quote === "string" && piece.quote.trim() !== ""
      ? [{ ...piece, slide: page.page, quote: piece.quote }]
      : [],
  );
  const isRead = (piece: object): boolean => measured && asRecord(piece).grounded === true;
  if (text === null) return pieces.map((piece) => ({ ...piece, grounded: isRead(piece) }));
  return groundEvidence(pieces, [{ slide: page.page, text }]).map((piece, at) => ({
    ...piece,
    grounded: piece.grounded || isRead(pieces[at] ?? {}),
  }));
}
