import type { DocumentSummary, Finding, SlideView } from "../api/types.ts";
import { bySeverity, severityTone } from "../lib/severity.ts";
import { titleWords } from "../lib/words.ts";
import { Badge } from "../ui/badge.tsx";
import { EvidenceList } from "../ui/evidence.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Panel } from "../ui/panel.tsx";
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

function FindingCard({ document, finding }: { document: DocumentSummary; finding: Finding }) {
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
    </Panel>
  );
}

function Seen({ slide }: { slide: SlideView }) {
  const { analysis } = slide;
  if (analysis === null) return null;
  return (
    <Panel className="p-3">
      <div className="flex items-center gap-2">
        <h2 className="grow font-medium">What is on it</h2>
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

function Feedback({ document, slide }: { document: DocumentSummary; slide: SlideView }) {
  if (slide.feedback === null) {
    return slide.failure === null ? <TaskNotice document={document} task="slide_feedback" /> : null;
  }
  if (slide.feedback.findings.length === 0) {
    return <p className="px-1 text-[13px] text-ink-2">Nothing to mend was found on this slide.</p>;
  }
  return (
    <>
      {bySeverity(slide.feedback.findings).map((finding) => (
        <FindingCard
          key={`${finding.rule} ${finding.what}`}
          document={document}
          finding={finding}
        />
      ))}
    </>
  );
}

/** What was seen on a slide and what to mend; or why it is not there yet. */
export function SlideNotes({ document, slide }: { document: DocumentSummary; slide: SlideView }) {
  const unread = slide.analysis === null && slide.failure === null;
  return (
    <div className="space-y-3 lg:col-start-2 xl:col-start-auto">
      {slide.failure !== null && <ProblemNotice problem={slide.failure} />}
      {unread ? (
        <TaskNotice document={document} task="visual_analysis" />
      ) : (
        <>
          <Seen slide={slide} />
          <Feedback document={document} slide={slide} />
        </>
      )}
    </div>
  );
}
