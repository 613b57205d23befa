import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DocumentSummary, ReopenAnswer } from "../api/types.ts";
import { documentsWords, durationWords, slidesWords } from "../lib/format.ts";
import { microUsdWords } from "../lib/money.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Skeleton } from "../ui/panel.tsx";
import {
  actOn,
  affectedBy,
  type BulkKind,
  dryRuns,
  forEach,
  type Outcome,
  type RetrySum,
  sumOf,
} from "./bulk.ts";

const words = {
  retry: { title: "Retry the selected documents", button: "Retry", done: "retried" },
  cancel: { title: "Cancel the selected documents", button: "Cancel them", done: "cancelled" },
} as const;

/** Of the work, without starts of containers, as each single retry tells it. */
function estimateWords({ known, all, seconds, microUsd }: RetrySum): string {
  if (known === 0) return "There is no estimate yet of how long it takes and what it costs.";
  const money =
    microUsd === null
      ? ""
      : microUsd === 0
        ? ", and nobody charges"
        : `, ${microUsdWords(microUsd)}`;
  const some = known === all ? "" : ` for ${known} of ${all}; there is no estimate of the others`;
  return `About ${durationWords(seconds)} of work${money}${some}. Documents are worked on beside each other as far as there are containers.`;
}

const tasksWords = (count: number): string => `${count} ${count === 1 ? "task" : "tasks"}`;

function RetryPreview({ plans }: { plans: ReadonlyMap<string, ReopenAnswer> }) {
  const all = [...plans.values()];
  const redone = all.reduce((sum, plan) => sum + plan.redone.length, 0);
  const kept = all.reduce((sum, plan) => sum + plan.kept.length, 0);
  const slides = all.reduce((sum, plan) => sum + (plan.slides?.kept ?? 0), 0);
  return (
    <>
      <p>
        Does {tasksWords(redone)} again in {documentsWords(plans.size)}
        {kept === 0 ? "; none of them has a finished task." : ` and keeps ${tasksWords(kept)}.`}
        {slides > 0 && ` ${slidesWords(slides)} that were read are not read again.`}
      </p>
      <p>{estimateWords(sumOf(all))}</p>
    </>
  );
}

function Names({ documents }: { documents: readonly DocumentSummary[] }) {
  const shown = documents.slice(0, 8);
  return (
    <ul className="max-h-48 list-disc overflow-auto pl-5">
      {shown.map(({ id, name, pages, pipeline }) => (
        <li key={id} className="break-words">
          {name}{" "}
          <span className="text-ink-3">
            · {slidesWords(pages)} · {pipeline.status.name}
          </span>
        </li>
      ))}
      {documents.length > shown.length && <li>and {documents.length - shown.length} more</li>}
    </ul>
  );
}

/** Says what will happen to which documents, does it, and tells how each of them went. */
export function BulkDialog({
  kind,
  selected,
  onClose,
}: {
  kind: BulkKind;
  selected: readonly DocumentSummary[];
  onClose: (isDone: boolean) => void;
}) {
  const client = useQueryClient();
  // What was asked about is done, whatever the list does meanwhile.
  const [affected] = useState(() => affectedBy(kind, selected));
  const [outcomes, setOutcomes] = useState<readonly Outcome[] | null>(null);
  const left = selected.length - affected.length;
  const plans = useQuery({
    queryKey: ["bulk plan", affected.map(({ id }) => id)],
    queryFn: () => dryRuns(affected),
    // Once it is done there is nothing left to retry: asking again would say so.
    enabled: kind === "retry" && affected.length > 0 && outcomes === null,
    gcTime: 0,
  });
  const run = async (): Promise<void> => {
    setOutcomes([]);
    await forEach(
      affected,
      (document) => actOn(kind, document),
      (outcome) => setOutcomes((known) => [...(known ?? []), outcome]),
    );
    await client.invalidateQueries({ queryKey: ["documents"] });
  };
  const isOver = outcomes !== null && outcomes.length === affected.length;
  const isReady = affected.length > 0 && (kind === "cancel" || plans.data !== undefined);
  return (
    <Dialog title={words[kind].title} onClose={() => onClose(isOver)}>
      <div className="space-y-2 text-[13px] text-ink-2">
        {affected.length === 0 ? (
          <p>
            None of the selected documents{" "}
            {kind === "retry" ? "has failed, has gaps or was cancelled." : "is in progress."}
          </p>
        ) : (
          <>
            {kind === "cancel" && (
              <p>
                Stops work on {documentsWords(affected.length)}. What is finished is kept, and a
                retry goes on from there.
              </p>
            )}
            {kind === "retry" && plans.isPending && <Skeleton className="h-10" />}
            {kind === "retry" && plans.data !== undefined && <RetryPreview plans={plans.data} />}
            <Names documents={affected} />
          </>
        )}
        {left > 0 && affected.length > 0 && (
          <p>
            {documentsWords(left)} of the selection{" "}
            {left === 1 ? "stays as it is" : "stay as they are"}.
          </p>
        )}
      </div>
      <Outcomes kind={kind} outcomes={outcomes} of={affected.length} />
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={() => onClose(isOver)}>Close</Button>
        {!isOver && (
          <Button
            kind={kind === "cancel" ? "danger" : "primary"}
            disabled={!isReady || outcomes !== null}
            onClick={() => void run()}
          >
            {words[kind].button}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Outcomes({
  kind,
  outcomes,
  of,
}: {
  kind: BulkKind;
  outcomes: readonly Outcome[] | null;
  of: number;
}) {
  if (outcomes === null) return null;
  const refused = outcomes.filter(({ refusal }) => refusal !== null);
  return (
    <div className="mt-3 text-[13px]">
      <p role="status">
        {outcomes.length - refused.length} of {of} {words[kind].done}
        {refused.length > 0 ? `, ${refused.length} refused` : ""}.
      </p>
      <ul className="list-disc pl-5 text-bad">
        {refused.map(({ document, refusal }) => (
          <li key={document.id}>
            {document.name}: {refusal}
          </li>
        ))}
      </ul>
    </div>
  );
}
