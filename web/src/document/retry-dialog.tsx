import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { documentUrl, postJson, problemOf } from "../api/client.ts";
import type { DocumentSummary, RetryAnswer } from "../api/types.ts";
import { taskWords } from "../lib/words.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/panel.tsx";

const names = (tasks: readonly string[]): string =>
  tasks.length === 0 ? "nothing" : tasks.map(taskWords).join(", ");

/** Says what a retry keeps and does again before it is pressed: the server's own dry run. */
export function RetryDialog({
  document,
  onClose,
}: {
  document: DocumentSummary;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const selectId = useId();
  const [from, setFrom] = useState("");
  const url = `${documentUrl(document.id)}/retry`;
  const scope = from === "" ? {} : { from };
  const plan = useQuery({
    queryKey: ["retry plan", document.id, document.pipeline.progress.seq, from],
    queryFn: () => postJson<RetryAnswer>(url, { ...scope, dryRun: true }),
    retry: false,
  });
  const retry = useMutation({
    mutationFn: () => postJson<RetryAnswer>(url, scope),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
    },
  });
  const error = retry.error ?? plan.error;
  return (
    <Dialog title="Retry this document" onClose={onClose}>
      <label htmlFor={selectId} className="text-[13px] font-medium">
        Do again
      </label>
      <select
        id={selectId}
        value={from}
        onChange={({ target }) => setFrom(target.value)}
        className="mt-1 h-9 w-full rounded-md border border-line-strong bg-surface px-2"
      >
        <option value="">Everything that failed</option>
        {document.pipeline.progress.tasks.map(({ task }) => (
          <option key={task} value={task}>
            {taskWords(task)} and what follows from it
          </option>
        ))}
      </select>
      <div className="mt-3 min-h-14 text-[13px] text-ink-2" aria-live="polite">
        {plan.isPending && <Skeleton className="h-10" />}
        {plan.data !== undefined && (
          <>
            <p>
              Does again: <span className="text-ink">{names(plan.data.redone)}</span>
            </p>
            <p>
              Keeps: <span className="text-ink">{names(plan.data.kept)}</span>
            </p>
          </>
        )}
        {error !== null && <ProblemNotice problem={problemOf(error)} />}
      </div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Close</Button>
        <Button
          kind="primary"
          disabled={retry.isPending || plan.data === undefined}
          onClick={() => retry.mutate()}
        >
          Retry
        </Button>
      </div>
    </Dialog>
  );
}
