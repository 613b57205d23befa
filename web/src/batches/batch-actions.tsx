import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, Square } from "lucide-react";
import { useState } from "react";
import { batchUrl, postJson, problemOf } from "../api/client.ts";
import type { BatchChange, BatchSummary } from "../api/types.ts";
import { documentsWords } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";

type Action = "cancel" | "retry";

const openIn = ({ counts }: BatchSummary): number => counts.active + counts.fetching;
const failedIn = ({ counts }: BatchSummary): number =>
  counts.failed + counts.done_with_gaps + counts.cancelled;

/** What a press will do, before it is pressed. */
function sentenceOf(action: Action, batch: BatchSummary): string {
  if (action === "cancel") {
    if (openIn(batch) === 0) return "No document can join it any more.";
    return `Work on ${documentsWords(openIn(batch))} stops, and none can join. What is finished is kept, and Retry goes on from there.`;
  }
  return `Works again on ${documentsWords(failedIn(batch))}: what failed, has gaps or was cancelled. What is finished is kept.`;
}

function ActionDialog({
  action,
  batch,
  onClose,
}: {
  action: Action;
  batch: BatchSummary;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => postJson<BatchChange>(`${batchUrl(batch.id)}/${action}`),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
    },
  });
  const isCancel = action === "cancel";
  return (
    <Dialog title={isCancel ? "Cancel this batch?" : "Retry this batch?"} onClose={onClose}>
      <p className="font-medium break-words">{batch.name}</p>
      <p className="mt-1 text-ink-2">{sentenceOf(action, batch)}</p>
      {change.isError && (
        <div className="mt-3">
          <ProblemNotice problem={problemOf(change.error)} />
        </div>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>{isCancel ? "Go on" : "Close"}</Button>
        <Button
          kind={isCancel ? "danger" : "primary"}
          disabled={change.isPending}
          onClick={() => change.mutate()}
        >
          {isCancel ? "Cancel it" : "Retry it"}
        </Button>
      </div>
    </Dialog>
  );
}

/** @param named buttons of a list say which batch they mean */
export function BatchActions({ batch, named = false }: { batch: BatchSummary; named?: boolean }) {
  const [open, setOpen] = useState<Action | null>(null);
  const label = (word: string) => (named ? { "aria-label": `${word} ${batch.name}` } : {});
  const isOpen = openIn(batch) > 0 || (batch.documents === 0 && batch.cancelledAt === null);
  return (
    <div className="flex flex-wrap gap-2">
      {isOpen && (
        <Button kind="danger" {...label("Cancel")} onClick={() => setOpen("cancel")}>
          <Square aria-hidden="true" className="size-3.5" /> Cancel
        </Button>
      )}
      {failedIn(batch) > 0 && (
        <Button
          kind={named ? "plain" : "primary"}
          {...label("Retry")}
          onClick={() => setOpen("retry")}
        >
          <RotateCcw aria-hidden="true" className="size-3.5" /> Retry
        </Button>
      )}
      {open !== null && <ActionDialog action={open} batch={batch} onClose={() => setOpen(null)} />}
    </div>
  );
}
