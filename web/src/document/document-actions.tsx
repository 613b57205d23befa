import { FileText, RefreshCw, RotateCcw, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { documentUrl } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { isActive } from "../ui/progress-bar.tsx";
import { CancelDialog } from "./cancel-dialog.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { ReopenDialog } from "./reopen-dialog.tsx";
import { canRetry } from "./reopen-scope.ts";

/** Whether anything has ended that could be done once more. */
const canRerun = ({ pipeline }: DocumentSummary): boolean =>
  !isActive(pipeline) || pipeline.progress.tasks.some((task) => task.state === "done");

export function DocumentActions({ document }: { document: DocumentSummary }) {
  const [open, setOpen] = useState<"retry" | "rerun" | "cancel" | "delete" | null>(null);
  const close = (): void => setOpen(null);
  return (
    <div data-key-actions className="flex flex-wrap gap-2">
      <a
        href={`${documentUrl(document.id)}/file`}
        target="_blank"
        rel="noreferrer"
        className={buttonClass()}
      >
        <FileText aria-hidden="true" className="size-3.5" /> PDF
      </a>
      <ExportMenu document={document} />
      {isActive(document.pipeline) && (
        <Button kind="danger" onClick={() => setOpen("cancel")}>
          <Square aria-hidden="true" className="size-3.5" /> Cancel
        </Button>
      )}
      {canRetry(document) && (
        <Button kind="primary" onClick={() => setOpen("retry")}>
          <RotateCcw aria-hidden="true" className="size-3.5" /> Retry
        </Button>
      )}
      {canRerun(document) && (
        <Button onClick={() => setOpen("rerun")}>
          <RefreshCw aria-hidden="true" className="size-3.5" /> Do again
        </Button>
      )}
      <Button kind="danger" onClick={() => setOpen("delete")}>
        <Trash2 aria-hidden="true" className="size-3.5" /> Delete
      </Button>
      {(open === "retry" || open === "rerun") && (
        <ReopenDialog
          document={document}
          start={open === "retry" ? "failed" : "all"}
          onClose={close}
        />
      )}
      {open === "cancel" && <CancelDialog document={document} onClose={close} />}
      {open === "delete" && <DeleteDialog document={document} onClose={close} />}
    </div>
  );
}
