import { useQuery } from "@tanstack/react-query";
import { CircleSlash } from "lucide-react";
import { resultsQuery } from "../api/queries.ts";
import type { Claim, DocumentSummary, SpecializedAnalysis } from "../api/types.ts";
import { titleWords } from "../lib/words.ts";
import { Badge } from "../ui/badge.tsx";
import { EvidenceList, SlideLink } from "../ui/evidence.tsx";
import { Empty, Panel } from "../ui/panel.tsx";
import { Score } from "../ui/score.tsx";
import { Loaded } from "./loaded.tsx";
import { TaskNotice } from "./task-notice.tsx";

export type SpecializedTask =
  | "specialized_clinical"
  | "specialized_regulatory"
  | "specialized_science";

const statuses = {
  shown: ["good", "Shown: data stands on a slide"],
  stated: ["accent", "Stated: claimed without data"],
  planned: ["plain", "Planned"],
  third_party: ["plain", "From a third party"],
  unclear: ["warn", "Unclear"],
} as const;

function ClaimRow({ document, claim }: { document: string; claim: Claim }) {
  const [tone, words] = statuses[claim.status];
  return (
    <li className="px-4 py-3.5">
      <div className="flex flex-wrap items-start gap-2">
        <p className="min-w-0 grow basis-60 font-medium">{claim.claim}</p>
        <Badge tone={tone}>{words}</Badge>
      </div>
      <p className="mt-0.5 text-xs text-ink-3">{titleWords(claim.kind)}</p>
      <div className="mt-2">
        <EvidenceList document={document} evidence={claim.evidence} />
      </div>
      {claim.missing.length > 0 && (
        <p className="mt-2 text-[13px] text-ink-2">
          <span className="font-medium text-ink">Missing: </span>
          {claim.missing.join("; ")}
        </p>
      )}
    </li>
  );
}

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

function Analysis({ document, found }: { document: string; found: SpecializedAnalysis }) {
  if (!found.applicable) {
    return (
      <Panel>
        <div className="pt-8 text-center">
          <CircleSlash aria-hidden="true" className="mx-auto size-6 text-ink-3" />
        </div>
        <Empty title="This analysis does not apply">
          {found.reason ?? "The deck holds nothing of this kind."}
        </Empty>
      </Panel>
    );
  }
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Panel>
        <div className="flex flex-wrap items-start gap-x-4 gap-y-1 border-b border-line px-4 py-3">
          <p className="min-w-0 grow basis-60 text-ink-2">{found.summary ?? "No summary."}</p>
          <Score score={found.score} label="Score" />
        </div>
        {found.claims.length === 0 ? (
          <Empty title="No claim of this kind was found." />
        ) : (
          <ul className="divide-y divide-line">
            {found.claims.map((claim) => (
              <ClaimRow key={`${claim.kind} ${claim.claim}`} document={document} claim={claim} />
            ))}
          </ul>
        )}
      </Panel>
      <Missing document={document} missing={found.missing} />
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
      {({ results }) => {
        const found = results[task];
        return found === undefined ? (
          <TaskNotice document={document} task={task} />
        ) : (
          <Analysis document={document.id} found={found} />
        );
      }}
    </Loaded>
  );
}
