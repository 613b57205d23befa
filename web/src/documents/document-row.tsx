import { Link } from "@tanstack/react-router";
import { memo, type Ref } from "react";
import type { DocumentSummary } from "../api/types.ts";
import { durationWords, etaWords, momentWords, slidesWords } from "../lib/format.ts";
import { shownPercent } from "../lib/progress.ts";
import { useNow } from "../lib/use-now.ts";
import { engineShort } from "../lib/words.ts";
import { drawnOf, isActive, TaskBar } from "../ui/progress-bar.tsx";
import { StateBadge } from "../ui/state-badge.tsx";
import { Ago } from "../ui/time.tsx";
import { VersionBadge } from "../ui/version-badge.tsx";
import { Why } from "../ui/why.tsx";
import { CostCell } from "./cost-cell.tsx";
import { FindingsCell } from "./findings-cell.tsx";
import { tableRoles } from "./table-roles.ts";
import { Thumbnail } from "./thumbnail.tsx";

/** Rises while the first pictures come in, so that the thumbnail is asked for again, then rests. */
const pictureVersion = (document: DocumentSummary): number => {
  // Nobody reads it any more: the server draws the page itself.
  if (document.pipeline.finishedAt !== null) return 5;
  const first = document.pipeline.progress.tasks[0];
  if (first === undefined) return 0;
  const come = first.done === null ? Math.ceil(first.fraction) : Math.min(3, first.done);
  if (come > 0) return come + 1;
  return isQueued(document) ? 1 : 0;
};

/** It waits, and no container is about to hand over its pictures. */
const isQueued = ({ pages, pipeline }: DocumentSummary): boolean => {
  const first = pipeline.progress.tasks[0];
  return pages > 0 && (first?.state === "ready" || first?.state === "delayed");
};

/** Runs while the document does; for all others there is no clock. */
function Running({ since }: { since: string }) {
  const nowMs = useNow();
  const seconds = Math.max(0, (nowMs - Date.parse(since)) / 1000);
  return (
    <time dateTime={since} title={momentWords(since)} className="tabular-nums">
      {durationWords(seconds)}
    </time>
  );
}

function Ended({ document }: { document: DocumentSummary }) {
  const { pipeline } = document;
  if (pipeline.finishedAt === null) {
    return (
      <>
        <p className="text-ink-2">Not ended</p>
        <p>
          accepted <Running since={pipeline.createdAt} /> ago
        </p>
      </>
    );
  }
  return (
    <>
      <p className="text-ink-2">
        <span className="md:sr-only">Ended </span>
        <Ago at={pipeline.finishedAt} />
      </p>
      <p>
        took{" "}
        <span className="whitespace-nowrap tabular-nums">{durationWords(pipeline.seconds)}</span>
      </p>
    </>
  );
}

function Progress({ document }: { document: DocumentSummary }) {
  const { pipeline } = document;
  const active = isActive(pipeline);
  const { waiting } = pipeline.progress;
  // While nothing runs, the reason for that is what matters.
  const idle = pipeline.status.type === "pending";
  const sentence = (idle ? waiting?.sentence : undefined) ?? pipeline.status.sentence;
  return (
    <>
      <div className="mb-1 flex items-center gap-2">
        <StateBadge pipeline={pipeline} />
        <span className="grow" />
        <span className="text-xs whitespace-nowrap tabular-nums text-ink-2">
          {shownPercent(drawnOf(pipeline))} %
        </span>
        {active && (
          <span className="truncate text-xs text-ink-3">
            {etaWords(pipeline.progress.eta, pipeline.progress.samples)}
          </span>
        )}
      </div>
      <TaskBar document={document} />
      <p className="mt-1 flex items-center gap-1 text-[13px] text-ink-2">
        <span className="truncate" title={sentence}>
          {sentence}
        </span>
        {waiting !== null && <Why kind="document" id={document.id} about={document.name} />}
      </p>
    </>
  );
}

/** Only who has read a deck knows that it names none. */
function companyless(pipeline: DocumentSummary["pipeline"]): string {
  if (isActive(pipeline)) return "Company not known yet";
  return pipeline.state.startsWith("done") ? "No company named" : "Company not known";
}

function Name({ document }: { document: DocumentSummary }) {
  const { pipeline } = document;
  const engine = engineShort(pipeline.engine);
  return (
    <div className="flex items-center gap-3">
      <Thumbnail
        document={document.id}
        slide={1}
        alt=""
        version={pictureVersion(document)}
        isUndrawn={pictureVersion(document) === 1}
        className="h-9 w-16 shrink-0"
      />
      <div className="min-w-0">
        <p className="flex items-center gap-x-1.5 max-lg:flex-wrap">
          <Link
            to="/documents/$id"
            params={{ id: document.id }}
            data-row
            className="block max-w-full truncate font-medium after:absolute after:inset-0"
          >
            {document.name}
          </Link>
          <VersionBadge of={document} />
        </p>
        <p className="truncate text-[13px] text-ink-2">
          {document.company ?? <span className="text-ink-3">{companyless(pipeline)}</span>}
          <span className="text-ink-3">
            {" "}
            · {slidesWords(document.pages)}
            {engine === "" ? "" : ` · ${engine}`}
          </span>
        </p>
      </div>
    </div>
  );
}

export interface Selection {
  readonly ids: ReadonlySet<string>;
  toggle(document: DocumentSummary, through: boolean): void;
  all(isOn: boolean): void;
}

const cell = "px-3 py-2.5 align-middle max-md:block max-md:py-1 max-md:last:pb-3";

/** One document of a table; the whole row leads to its page. A card on narrow screens. */
export const DocumentRow = memo(function DocumentRow({
  document,
  selection,
  index,
  measure,
}: {
  document: DocumentSummary;
  selection: Selection | undefined;
  /** From 1, in the whole table; the heads are row 1. */
  index: number;
  measure?: Ref<HTMLTableRowElement>;
}) {
  const isSelected = selection?.ids.has(document.id) === true;
  return (
    <tr
      ref={measure}
      {...tableRoles.row}
      aria-rowindex={index}
      aria-selected={selection === undefined ? undefined : isSelected}
      data-index={index - 2}
      className={`relative border-t border-line max-md:block ${isSelected ? "bg-accent-soft/50" : "hover:bg-sunken/60"}`}
    >
      {selection !== undefined && (
        <td {...tableRoles.cell} className={`${cell} w-10 pr-0 max-md:float-left max-md:pt-3`}>
          <input
            type="checkbox"
            aria-label={`Select ${document.name}`}
            checked={isSelected}
            onChange={({ nativeEvent }) =>
              selection.toggle(document, (nativeEvent as MouseEvent).shiftKey === true)
            }
            className="relative z-10 block size-6 accent-accent md:size-4 md:outline-offset-4"
          />
        </td>
      )}
      <th
        {...tableRoles.rowHead}
        scope="row"
        className={`${cell} text-left font-normal max-md:pt-3`}
      >
        <Name document={document} />
      </th>
      <td {...tableRoles.cell} className={cell}>
        <Progress document={document} />
      </td>
      <td {...tableRoles.cell} className={cell}>
        <FindingsCell document={document} />
      </td>
      <td {...tableRoles.cell} className={`${cell} text-[13px] md:text-right`}>
        <span aria-hidden="true" className="mr-1 text-xs text-ink-3 md:hidden">
          Cost
        </span>
        <CostCell document={document} />
      </td>
      <td
        {...tableRoles.cell}
        className={`${cell} text-xs text-ink-3 max-md:flex max-md:flex-wrap max-md:gap-x-2 md:text-right`}
      >
        <Ended document={document} />
      </td>
    </tr>
  );
});
