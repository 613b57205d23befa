import { Link } from "@tanstack/react-router";
import type { DocumentSummary } from "../api/types.ts";
import { durationWords, etaWords, slidesWords } from "../lib/format.ts";
import { shownPercent } from "../lib/progress.ts";
import { useNow } from "../lib/use-now.ts";
import { engineShort } from "../lib/words.ts";
import { drawnOf, isActive, TaskBar } from "../ui/progress-bar.tsx";
import { StateBadge } from "../ui/state-badge.tsx";
import { Ago } from "../ui/time.tsx";
import { Thumbnail } from "./thumbnail.tsx";

/** Rises while the first pictures come in, so that the thumbnail is asked for again, then rests. */
const pictureVersion = (document: DocumentSummary): number => {
  const first = document.pipeline.progress.tasks[0];
  if (first === undefined) return 0;
  return first.done === null ? Math.ceil(first.fraction) : Math.min(3, first.done);
};

function Elapsed({ document }: { document: DocumentSummary }) {
  const nowMs = useNow();
  const { pipeline } = document;
  const seconds = isActive(pipeline)
    ? Math.max(0, (nowMs - Date.parse(pipeline.createdAt)) / 1000)
    : pipeline.seconds;
  return <span className="tabular-nums">{durationWords(seconds)}</span>;
}

/** One document of the list; the whole row leads to its page. */
export function DocumentRow({ document }: { document: DocumentSummary }) {
  const { pipeline } = document;
  const active = isActive(pipeline);
  const { waiting } = pipeline.progress;
  // While nothing runs, the reason for that is what matters.
  const idle = pipeline.status.type === "pending";
  const sentence = (idle ? waiting?.sentence : undefined) ?? pipeline.status.sentence;
  return (
    <li className="relative grid grid-cols-[4.5rem_minmax(0,1fr)] items-center gap-x-3 gap-y-2 px-4 py-3 hover:bg-sunken/60 md:grid-cols-[4.5rem_minmax(0,2fr)_minmax(0,3fr)_8rem]">
      <Thumbnail
        document={document.id}
        slide={1}
        alt=""
        version={pictureVersion(document)}
        className="w-18"
      />
      <div className="min-w-0">
        <Link
          to="/documents/$id"
          params={{ id: document.id }}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {document.name}
        </Link>
        <p className="truncate text-[13px] text-ink-2">
          {document.company ?? (
            <span className="text-ink-3">
              {active ? "Company not known yet" : "No company named"}
            </span>
          )}
          <span className="text-ink-3"> · {slidesWords(document.pages)}</span>
        </p>
      </div>
      <div className="min-w-0 max-md:col-span-2">
        <div className="mb-1 flex items-center gap-2">
          <StateBadge pipeline={pipeline} />
          <span className="grow" />
          <span className="text-xs whitespace-nowrap tabular-nums text-ink-2">
            {shownPercent(drawnOf(pipeline))} %
          </span>
          {active && (
            <span className="text-xs text-ink-3 sm:whitespace-nowrap">
              {etaWords(pipeline.progress.eta, pipeline.progress.samples)}
            </span>
          )}
        </div>
        <TaskBar document={document} />
        <p className="mt-1 truncate text-[13px] text-ink-2" title={sentence}>
          {sentence}
        </p>
      </div>
      <div className="text-xs text-ink-3 max-md:col-span-2 max-md:flex max-md:gap-2 md:text-right">
        <p className="truncate text-ink-2">{engineShort(pipeline.engine) || "Not read yet"}</p>
        <p>
          <Ago at={document.createdAt} />
        </p>
        <p>
          {active ? "for " : "took "}
          <Elapsed document={document} />
        </p>
      </div>
    </li>
  );
}
