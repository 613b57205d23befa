import { Link } from "@tanstack/react-router";
import { findingPaths, findingPlace } from "../../../src/core/review/paths.ts";
import type { DocumentResults, DocumentSummary, Finding, SlideView } from "../api/types.ts";
import { bySeverity, severityTone } from "../lib/severity.ts";
import { titleWords } from "../lib/words.ts";
import { Badge } from "../ui/badge.tsx";
import { EvidenceList } from "../ui/evidence.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Panel } from "../ui/panel.tsx";
import type { Field } from "./fields.ts";
import { ReviewControl } from "./review-control.tsx";
import { factsOn } from "./slide-regions.ts";
import { slideWait } from "./slide-state.ts";
import { TaskNotice } from "./task-notice.tsx";

const sources = {
  text_layer: "from the PDF's text",
  ocr: "read from the picture (OCR)",
  both: "from the PDF's text and the picture (OCR)",
  model: "read by the model",
  none: "no text on this slide",
} as const;

const measureWords = ({ measure }: Finding): string | null => {
  if (measure === null) return null;
  const unit = measure.unit === "" ? "" : ` ${measure.unit}`;
  const limit = measure.limit === null ? "" : `, limit ${measure.limit}${unit}`;
  return `${titleWords(measure.name)}: ${measure.value}${unit}${limit}`;
};

function FindingCard({
  document,
  finding,
  path,
  all,
}: {
  document: DocumentSummary;
  finding: Finding;
  path: string;
  all: DocumentResults | undefined;
}) {
  const measure = measureWords(finding);
  return (
    <Panel className="p-3">
      <div className="flex items-start gap-2">
        <p className="min-w-0 grow font-medium">{finding.what}</p>
        <Badge tone={severityTone[finding.severity]}>{titleWords(finding.severity)}</Badge>
      </div>
      <dl className="mt-1.5 space-y-1 text-[13px] text-ink-2">
        {finding.why !== "" && (
          <div>
            <dt className="inline font-medium text-ink">Why: </dt>
            <dd className="inline">{finding.why}</dd>
          </div>
        )}
        {finding.fix !== "" && (
          <div>
            <dt className="inline font-medium text-ink">Fix: </dt>
            <dd className="inline">{finding.fix}</dd>
          </div>
        )}
      </dl>
      {measure !== null && <p className="mt-1.5 text-xs tabular-nums text-ink-3">{measure}</p>}
      {finding.evidence.length > 0 && (
        <div className="mt-2">
          <EvidenceList document={document.id} evidence={finding.evidence} />
        </div>
      )}
      {all?.complete && (
        <ReviewControl
          document={document.id}
          generation={all.generation}
          path={path}
          label={finding.what}
          review={all.reviews.find((one) => one.path === path)}
        />
      )}
    </Panel>
  );
}

function Seen({ slide }: { slide: SlideView }) {
  const { analysis } = slide;
  if (analysis === null) return null;
  return (
    <Panel className="p-3">
      <div className="flex items-center gap-2">
        <h2 className="grow font-medium">What we see</h2>
        <Badge>{titleWords(analysis.kind)}</Badge>
      </div>
      <p className="mt-1.5 text-[13px] text-ink-2">{analysis.description}</p>
      <details className="mt-2">
        <summary className="min-h-6 text-[13px] font-medium">
          Text <span className="font-normal text-ink-3">{sources[analysis.text_source]}</span>
        </summary>
        <p className="mt-1 max-h-80 overflow-auto text-[13px] break-words whitespace-pre-wrap text-ink-2">
          {analysis.text === "" ? "There is no text." : analysis.text}
        </p>
      </details>
    </Panel>
  );
}

function Feedback({
  document,
  slide,
  all,
}: {
  document: DocumentSummary;
  slide: SlideView;
  all: DocumentResults | undefined;
}) {
  if (slide.feedback === null) {
    return slide.failure === null ? <TaskNotice document={document} task="slide_feedback" /> : null;
  }
  const { findings } = slide.feedback;
  if (findings.length === 0) {
    return <p className="px-1 text-[13px] text-ink-2">Nothing to mend was found on this slide.</p>;
  }
  // Paths go by what is said, the second of two alike by its place in the results.
  const paths = findingPaths(findingPlace("slide_feedback", slide.slide), findings);
  return (
    <section className="space-y-3">
      <h2 className="px-1 font-medium">Feedback</h2>
      {bySeverity(findings).map((finding) => {
        const path = paths[findings.indexOf(finding)] ?? "";
        return (
          <FindingCard key={path} document={document} finding={finding} path={path} all={all} />
        );
      })}
    </section>
  );
}

function Facts({
  document,
  slide,
  fields,
}: {
  document: DocumentSummary;
  slide: SlideView;
  fields: readonly Field[];
}) {
  const facts = factsOn(fields, slide.slide);
  if (facts.length === 0) return null;
  return (
    <Panel className="p-3">
      <h2 className="font-medium">Facts found here</h2>
      <dl className="mt-1.5 space-y-2 text-[13px]">
        {facts.map(({ field, quote }) => (
          <div key={field.path}>
            <dt className="text-ink-2">{field.label}</dt>
            <dd className="flex flex-wrap items-baseline justify-between gap-x-2 break-words">
              <span className="min-w-0 font-medium">{field.value ?? "Not found"}</span>
              <Link
                to="/documents/$id"
                params={{ id: document.id }}
                search={{ tab: "slides", slide: slide.slide, quote }}
                replace
                resetScroll={false}
                className="inline-flex min-h-6 items-center text-xs font-medium text-accent-ink hover:underline"
              >
                Mark it<span className="sr-only"> on the slide: {field.label}</span>
              </Link>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** What was seen on a slide, what to mend and which facts stand on it; or why it is not there yet. */
export function SlideNotes({
  document,
  slide,
  slides,
  fields,
  all,
}: {
  document: DocumentSummary;
  slide: SlideView;
  slides: readonly SlideView[];
  fields: readonly Field[];
  all: DocumentResults | undefined;
}) {
  const unread = slide.analysis === null && slide.failure === null;
  const wait = unread ? slideWait(document, slide.slide, slides) : "";
  return (
    <div className="min-w-0 space-y-3 lg:col-start-2 xl:col-start-auto">
      {slide.failure !== null && <ProblemNotice problem={slide.failure} />}
      {unread && wait !== "" && (
        <Panel className="p-3">
          <p className="text-ink-2">{wait}</p>
        </Panel>
      )}
      {unread && wait === "" && <TaskNotice document={document} task="visual_analysis" />}
      {!unread && (
        <>
          <Seen slide={slide} />
          <Feedback document={document} slide={slide} all={all} />
        </>
      )}
      <Facts document={document} slide={slide} fields={fields} />
    </div>
  );
}
