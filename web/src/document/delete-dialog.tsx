import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { documentUrl, getJson, problemOf } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { isActive } from "../ui/progress-bar.tsx";
import { reviewerName } from "./use-review.ts";

/** For good: says what goes before it does. */
export function DeleteDialog({
  document,
  onClose,
}: {
  document: DocumentSummary;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const by = reviewerName().trim() || "page";
  const remove = useMutation({
    mutationFn: () =>
      getJson<unknown>(`${documentUrl(document.id)}?by=${encodeURIComponent(by)}`, {
        method: "DELETE",
      }),
    onSuccess: async () => {
      onClose();
      await navigate({ to: "/" });
      for (const kind of ["document", "slides", "results", "events"]) {
        client.removeQueries({ queryKey: [kind, document.id] });
      }
      await client.invalidateQueries();
    },
  });
  return (
    <Dialog title="Delete this document?" onClose={onClose}>
      <p className="break-words text-ink-2">
        {isActive(document.pipeline) && "Work on it stops. "}
        {document.name} goes for good, with its pages, results and reviews. That it was deleted, by
        whom and when, is kept.
      </p>
      {remove.isError && (
        <div className="mt-3">
          <ProblemNotice problem={problemOf(remove.error)} />
        </div>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          Delete it
        </Button>
      </div>
    </Dialog>
  );
}
