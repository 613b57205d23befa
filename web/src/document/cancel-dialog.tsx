import { useMutation, useQueryClient } from "@tanstack/react-query";
import { documentUrl, postJson, problemOf } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";

export function CancelDialog({
  document,
  onClose,
}: {
  document: DocumentSummary;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => postJson<unknown>(`${documentUrl(document.id)}/cancel`, { by: "operator" }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
    },
  });
  return (
    <Dialog title="Cancel this document?" onClose={onClose}>
      <p className="text-ink-2">
        Work on {document.name} stops. What is finished is kept, and Retry goes on from there.
      </p>
      {cancel.isError && (
        <div className="mt-3">
          <ProblemNotice problem={problemOf(cancel.error)} />
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
