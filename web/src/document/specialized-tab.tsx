import { useQuery } from "@tanstack/react-query";
import { CircleSlash } from "lucide-react";
import { resultsQuery } from "../api/queries.ts";
import type { DocumentResults, DocumentSummary, SpecializedAnalysis } from "../api/types.ts";
import { taskWords } from "../lib/words.ts";
import { SlideLink } from "../ui/evidence.tsx";
import { Empty, Panel } from "../ui/panel.tsx";
import { Score } from "../ui/score.tsx";
import { ClaimsTable } from "./claims-table.tsx";
import { Loaded } from "./loaded.tsx";
import { ofPitchDeck } from "./result-shapes.ts";
import { isHealthcareWhy, RunAnyway } from "./run-anyway.tsx";
import { TaskNotice } from "./task-notice.tsx";

export type SpecializedTask =
  | "specialized_clinical"
  | "specialized_regulatory"
  | "specialized_science";

function Missing({
  document,
  missing,
}: { document: string } & Pick<SpecializedAnalysis, "missing">) {
  if (missing.length === 0) return null;
  return (
    <Panel className="p-4">
      <h2 className="font-semibold">Proof an investor would ask for</h2>
      <ul className="mt-2 space-y-2.5">
        {missing.map(({ what, slides }) => (
          <li key={what} className="text-[13px] text-ink-2">
            <p>{what}</p>
            {slides.length > 0 && (
              <p className="mt-1 flex flex-wrap gap-1">
                {slides.map((slide) => (
                  <SlideLink key={slide} document={document} slide={slide} />
                ))}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What an analysis found, or why it does not apply. */
export function Analysis({
  document,
  task,
  found,
  all,
}: {
  document: DocumentSummary;
  task: string;
  found: SpecializedAnalysis;
  all: DocumentResults;
}) {
  if (!found.applicable) {
    return (
      <Panel>
        <div className="pt-8 text-center">
          <CircleSlash aria-hidden="true" className="mx-auto size-6 text-ink-3" />
        </div>
        <Empty title="This analysis does not apply">
          {found.reason ?? "The deck holds nothing of this kind."}
        </Empty>
        {ofPitchDeck.test(task) && isHealthcareWhy(all) && <RunAnyway all={all} task={task} />}
      </Panel>
    );
  }
  return (
    <div className="space-y-4">
      <Panel className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-3">
        <p className="min-w-0 grow basis-60 text-ink-2">{found.summary ?? "No summary."}</p>
        <Score score={found.score} label="Score" />
      </Panel>
      {found.claims.length === 0 ? (
        <Panel>
          <Empty title="No claim of this kind was found." />
        </Panel>
      ) : (
        <ClaimsTable document={document} task={task} claims={found.claims} all={all} />
      )}
      <Missing document={document.id} missing={found.missing} />
    </div>
  );
}

export function SpecializedTab({
  document,
  task,
}: {
  document: DocumentSummary;
  task: SpecializedTask;
}) {
  const query = useQuery(resultsQuery(document.id));
  return (
    <Loaded query={query}>
      {(all) => {
        const found = all.results[task];
        return found === undefined ? (
          <TaskNotice document={document} task={task} />
        ) : (
          <>
            <h2 className="sr-only">{taskWords(task)}</h2>
            <Analysis document={document} task={task} found={found} all={all} />
          </>
        );
      }}
    </Loaded>
  );
}
