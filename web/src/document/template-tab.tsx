import { useQuery } from "@tanstack/react-query";
import { resultsQuery } from "../api/queries.ts";
import type {
  DocumentResults,
  DocumentSummary,
  TemplateAnalysis,
  TemplateAnswer,
  TemplateChapter,
} from "../api/types.ts";
import { EvidenceList } from "../ui/evidence.tsx";
import { Panel } from "../ui/panel.tsx";
import { Score } from "../ui/score.tsx";
import { Loaded } from "./loaded.tsx";
import { ReviewControl } from "./review-control.tsx";
import { SectionMatrix } from "./section-matrix.tsx";
import { TaskNotice } from "./task-notice.tsx";

const notShown = "Not shown in the deck";

function Question({
  all,
  path,
  question,
}: {
  all: DocumentResults;
  path: string;
  question: TemplateAnswer;
}) {
  const { document } = all;
  return (
    <li className="px-4 py-3.5">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-1">
        <h3 className="min-w-0 grow basis-60 font-medium">{question.question}</h3>
        <Score score={question.score} label="Score" />
      </div>
      <p
        className={`mt-1 [overflow-wrap:anywhere] ${question.answer === null ? "text-ink-3 italic" : "text-ink"}`}
      >
        {question.answer ?? notShown}
      </p>
      {question.reason !== `${notShown}.` && (
        <p className="mt-1 text-[13px] text-ink-2">{question.reason}</p>
      )}
      {question.missing !== null && (
        <p className="mt-1 text-[13px] text-ink-2">
          <span className="font-medium text-ink">Would raise it: </span>
          {question.missing}
        </p>
      )}
      {question.evidence.length > 0 && (
        <div className="mt-2">
          <EvidenceList document={document} evidence={question.evidence} />
        </div>
      )}
      {all.complete && (
        <ReviewControl
          document={document}
          generation={all.generation}
          path={path}
          label={question.question}
          review={all.reviews.find((one) => one.path === path)}
        />
      )}
    </li>
  );
}

const anchorOf = (chapter: TemplateChapter): string => `chapter-${chapter.id}`;

function Overview({ template }: { template: TemplateAnalysis }) {
  return (
    <nav aria-label="Chapters" className="lg:sticky lg:top-18 lg:self-start">
      <Panel className="p-3">
        <div className="flex items-center justify-between gap-2 border-b border-line px-1 pb-2">
          <span className="font-medium">In all</span>
          <Score score={template.score} label="In all" />
        </div>
        <ol className="mt-1">
          {template.chapters.map((chapter) => (
            <li key={chapter.id}>
              <a
                href={`#${anchorOf(chapter)}`}
                className="flex min-h-8 items-center justify-between gap-2 rounded px-1 text-[13px] hover:bg-sunken"
              >
                <span className="min-w-0">{chapter.title}</span>
                <Score score={chapter.score} label={chapter.title} />
              </a>
            </li>
          ))}
        </ol>
      </Panel>
    </nav>
  );
}

export function Chapters({
  all,
  prefix,
  template,
}: {
  all: DocumentResults;
  /** Of the paths of its answers. */
  prefix: string;
  template: TemplateAnalysis;
}) {
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <Overview template={template} />
      <div className="min-w-0 space-y-4">
        {template.chapters.map((chapter) => (
          <Panel key={chapter.id}>
            <div
              id={anchorOf(chapter)}
              className="flex scroll-mt-18 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-3"
            >
              <h2 className="text-base font-semibold tracking-tight">{chapter.title}</h2>
              <Score score={chapter.score} label={chapter.title} />
            </div>
            <ul className="divide-y divide-line">
              {chapter.questions.map((question) => (
                <Question
                  key={question.id}
                  all={all}
                  path={`${prefix}.${question.id}`}
                  question={question}
                />
              ))}
            </ul>
          </Panel>
        ))}
      </div>
    </div>
  );
}

export function TemplateTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(resultsQuery(document.id));
  return (
    <Loaded query={query}>
      {(all) =>
        all.results.extractions_and_template === undefined ? (
          <TaskNotice document={document} task="extractions_and_template" />
        ) : (
          <div className="space-y-4">
            <h2 className="sr-only">Template</h2>
            <SectionMatrix
              document={document}
              template={all.results.extractions_and_template.template}
            />
            <Chapters
              all={all}
              prefix="template"
              template={all.results.extractions_and_template.template}
            />
          </div>
        )
      }
    </Loaded>
  );
}
