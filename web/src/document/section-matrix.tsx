import type { DocumentSummary, TemplateAnalysis } from "../api/types.ts";
import { rangesWords } from "../lib/format.ts";
import { Badge } from "../ui/badge.tsx";
import { SlideLink } from "../ui/evidence.tsx";
import { Panel } from "../ui/panel.tsx";
import { Score } from "../ui/score.tsx";
import { type Section, type SectionState, sectionsOf } from "./template-matrix.ts";

const states: Readonly<Record<SectionState, { tone: "good" | "warn" | "bad"; words: string }>> = {
  present: { tone: "good", words: "Present" },
  thin: { tone: "warn", words: "Thin" },
  missing: { tone: "bad", words: "Missing" },
};

const head = "px-3 py-2 text-left text-xs font-medium text-ink-2";
const cell = "border-t border-line px-3 py-2 align-top";

/** One square a slide, filled where the section is spoken of. The numbers beside it say the same. */
function Squares({ slides, pages }: { slides: readonly number[]; pages: number }) {
  const all = Array.from({ length: pages }, (_, index) => index + 1);
  return (
    <span aria-hidden="true" className="flex flex-wrap gap-px">
      {all.map((slide) => (
        <span
          key={slide}
          className={`h-3 w-2 rounded-[1px] ${slides.includes(slide) ? "bg-accent" : "bg-track"}`}
        />
      ))}
    </span>
  );
}

function Look({ document, section }: { document: DocumentSummary; section: Section }) {
  return (
    <span className="flex flex-wrap gap-1">
      {section.look.map((slide) => (
        <SlideLink key={slide} document={document.id} slide={slide} />
      ))}
      {section.look.length === 0 && <span className="text-xs text-ink-2">no slide</span>}
    </span>
  );
}

function Row({ document, section }: { document: DocumentSummary; section: Section }) {
  const { tone, words } = states[section.state];
  return (
    <tr>
      <th scope="row" className={`${cell} text-left font-medium [overflow-wrap:anywhere]`}>
        <a href={`#chapter-${section.id}`} className="text-accent-ink hover:underline">
          {section.title}
        </a>
        <span className="block text-xs font-normal text-ink-2">
          {section.answered} of {section.questions} questions answered
        </span>
      </th>
      <td className={cell}>
        <span className="flex flex-wrap gap-1">
          <Badge tone={tone}>{words}</Badge>
          {section.outOfOrder !== null && (
            <Badge tone="warn">
              <span className="whitespace-normal">Out of order: {section.outOfOrder}</span>
            </Badge>
          )}
        </span>
        <span className="mt-1 block md:hidden">
          <Score score={section.score} label={section.title} />
        </span>
        <span className="mt-1 block sm:hidden">
          <Look document={document} section={section} />
        </span>
      </td>
      <td className={`${cell} max-md:hidden`}>
        <Score score={section.score} label={section.title} />
      </td>
      <td className={`${cell} max-md:hidden`}>
        <Squares slides={section.slides} pages={document.pages} />
        <span className="text-xs text-ink-2">
          {section.slides.length === 0 ? "no slide" : `slides ${rangesWords(section.slides)}`}
        </span>
      </td>
      <td className={`${cell} max-sm:hidden`}>
        <Look document={document} section={section} />
      </td>
    </tr>
  );
}

/** What a deck of this kind is expected to hold against what this one holds, a row each. */
export function SectionMatrix({
  document,
  template,
}: {
  document: DocumentSummary;
  template: TemplateAnalysis;
}) {
  const sections = sectionsOf(template);
  const count = (state: SectionState): number =>
    sections.filter((section) => section.state === state).length;
  const disordered = sections.filter(({ outOfOrder }) => outOfOrder !== null).length;
  return (
    <Panel>
      <table className="w-full">
        <caption className="px-3 pt-3 pb-1 text-left text-[13px] text-ink-2">
          {sections.length} expected sections: {count("present")} present, {count("thin")} thin,{" "}
          {count("missing")} missing{disordered > 0 && `, ${disordered} out of order`}.
        </caption>
        <thead>
          <tr>
            <th scope="col" className={head}>
              Section
            </th>
            <th scope="col" className={head}>
              State
            </th>
            <th scope="col" className={`${head} max-md:hidden`}>
              Score
            </th>
            <th scope="col" className={`${head} max-md:hidden`}>
              Slides
            </th>
            <th scope="col" className={`${head} max-sm:hidden`}>
              Look at
            </th>
          </tr>
        </thead>
        <tbody>
          {sections.map((section) => (
            <Row key={section.id} document={document} section={section} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
