import { Link } from "@tanstack/react-router";
import { Clock, Info } from "lucide-react";
import type { DocumentSummary, ProgressView } from "../api/types.ts";
import { VersionLine } from "../compare/version-panel.tsx";
import { bytesWords, durationWords, etaWords, samplesWords, slidesWords } from "../lib/format.ts";
import { shownPercent } from "../lib/progress.ts";
import { engineWords } from "../lib/words.ts";
import { ProblemNotice } from "../ui/notice.tsx";
import { Panel } from "../ui/panel.tsx";
import { drawnOf, isActive, TaskBar, TaskWords } from "../ui/progress-bar.tsx";
import { StateBadge } from "../ui/state-badge.tsx";
import { Ago } from "../ui/time.tsx";
import { Why } from "../ui/why.tsx";
import { DocumentActions } from "./document-actions.tsx";

/** With what the estimate rests on. */
function TimeLeft({ eta, samples }: Pick<ProgressView, "eta" | "samples">) {
  return (
    <>
      {etaWords(eta, samples)}
      {eta !== null && <span className="text-xs text-ink-3"> ({samplesWords(eta.n)})</span>}
    </>
  );
}

/** What else is to be known of its bar, each with the decision it comes from. */
function Notes({ notes }: Pick<ProgressView, "notes">) {
  return notes.map(({ code, sentence, decision }) => (
    <p
      key={`${code}${decision}`}
      className="mt-2.5 flex items-start gap-1.5 text-[13px] text-ink-2"
    >
      <Info aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
      <span>
        {sentence}
        {decision !== null && (
          <>
            {" "}
            <Link
              to="/fleet"
              search={{ decision }}
              className="inline-block min-h-6 font-medium text-accent-ink hover:underline"
            >
              Why then<span className="sr-only">: decision {decision}</span>
            </Link>
          </>
        )}
      </span>
    </p>
  ));
}

/** What the document is, how far it is, what it waits for, and who reads it. */
export function DocumentHeader({ document }: { document: DocumentSummary }) {
  const { pipeline } = document;
  const active = isActive(pipeline);
  const { waiting } = pipeline.progress;
  return (
    <header className="space-y-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 grow">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">
              {document.company ?? document.name}
            </h1>
            <StateBadge pipeline={pipeline} />
          </div>
          <p className="mt-0.5 text-[13px] break-words text-ink-2">
            {document.company !== null && `${document.name} · `}
            {slidesWords(document.pages)} · {bytesWords(document.bytes)} · uploaded{" "}
            <Ago at={document.createdAt} />
            {document.batch !== null && (
              <>
                {" "}
                · batch{" "}
                <Link
                  to="/batches/$id"
                  params={{ id: document.batch.id }}
                  className="font-medium text-accent-ink hover:underline"
                >
                  {document.batch.name}
                </Link>
              </>
            )}
          </p>
          <div className="text-[13px] text-ink-2">
            <VersionLine document={document} />
          </div>
        </div>
        <DocumentActions document={document} />
      </div>
      <Panel className="p-4">
        <div className="mb-2.5 flex flex-wrap items-baseline gap-x-3">
          <p className="min-w-0 grow font-medium">
            {pipeline.status.sentence}{" "}
            <Why kind="document" id={document.id} about={document.name} />
          </p>
          <p className="text-[13px] text-ink-2 sm:whitespace-nowrap">
            <span className="text-base font-semibold tabular-nums text-ink">
              {shownPercent(drawnOf(pipeline))} %
            </span>{" "}
            {active ? (
              <TimeLeft {...pipeline.progress} />
            ) : (
              <>
                after {durationWords(pipeline.seconds)}
                {pipeline.finishedAt !== null && (
                  <>
                    , <Ago at={pipeline.finishedAt} />
                  </>
                )}
              </>
            )}
          </p>
        </div>
        <TaskBar document={document} />
        <TaskWords tasks={pipeline.progress.tasks} />
        {waiting !== null && waiting.sentence !== pipeline.status.sentence && (
          <p className="mt-2.5 flex items-start gap-1.5 text-[13px] text-ink-2">
            <Clock aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" /> {waiting.sentence}
          </p>
        )}
        <Notes notes={pipeline.progress.notes} />
        <p className="mt-2.5 border-t border-line pt-2.5 text-xs text-ink-3">
          {engineWords(pipeline.engine, !active)} · pack {pipeline.pack.name}, version{" "}
          {pipeline.pack.version} ({pipeline.pack.hash})
          {pipeline.generation > 1 && ` · generation ${pipeline.generation}`}
        </p>
      </Panel>
      {pipeline.state === "failed" && pipeline.failure !== null && (
        <ProblemNotice problem={pipeline.failure} />
      )}
    </header>
  );
}
