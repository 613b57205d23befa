import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { documentUrl, postJson, problemOf } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { isActive } from "../ui/progress-bar.tsx";

interface CancelProps {
  readonly document: DocumentSummary;
  readonly onClose: () => void;
}

/** The work ended while somebody thought about it. */
function Ended({ document: { name, pipeline }, onClose }: CancelProps) {
  const close = useRef<HTMLButtonElement>(null);
  // The button that had the focus is gone.
  useEffect(() => close.current?.focus(), []);
  return (
    <>
      <p role="status" className="text-ink-2">
        The work on {name} ended while this was asked.
        {!isActive(pipeline) && ` ${pipeline.status.sentence}`}
      </p>
      <div className="mt-5 flex justify-end">
        <button ref={close} type="button" onClick={onClose} className={buttonClass("primary")}>
          Close
        </button>
      </div>
    </>
  );
}

export function CancelDialog({ document, onClose }: CancelProps) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => postJson<unknown>(`${documentUrl(document.id)}/cancel`, { by: "operator" }),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries(),
  });
  const problem = cancel.isError ? problemOf(cancel.error) : null;
  // Once it is sent, its own end is no news.
  const endedMeanwhile = cancel.isIdle && !isActive(document.pipeline);
  if (endedMeanwhile || problem?.code === "PIPELINE_FINISHED") {
    return (
      <Dialog title="There is nothing to cancel" onClose={onClose}>
        <Ended document={document} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title="Cancel this document?" onClose={onClose}>
      <p className="text-ink-2">
        Work on {document.name} stops. What is finished is kept, and Retry goes on from there.
      </p>
      {problem !== null && (
        <div className="mt-3">
          <ProblemNotice problem={problem} />
        </div>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Go on</Button>
        <Button kind="danger" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel it
        </Button>
      </div>
    </Dialog>
  );
}
