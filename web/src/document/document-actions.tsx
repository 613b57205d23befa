import { Braces, FileText, RotateCcw, Square } from "lucide-react";
import { useState } from "react";
import { documentUrl } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { isActive } from "../ui/progress-bar.tsx";
import { CancelDialog } from "./cancel-dialog.tsx";
import { RetryDialog } from "./retry-dialog.tsx";

/** Whether there is anything a retry could mend. */
const canRetry = ({ pipeline }: DocumentSummary): boolean =>
  pipeline.state === "failed" ||
  pipeline.state === "cancelled" ||
  pipeline.progress.tasks.some((task) => task.state === "dead" || task.gaps.length > 0);

const exportName = (name: string): string => `${name.replace(/\.pdf$/i, "")}.json`;

export function DocumentActions({ document }: { document: DocumentSummary }) {
  const [open, setOpen] = useState<"retry" | "cancel" | null>(null);
  const close = (): void => setOpen(null);
  return (
    <div className="flex flex-wrap gap-2">
      <a
        href={`${documentUrl(document.id)}/file`}
        target="_blank"
        rel="noreferrer"
        className={buttonClass()}
      >
        <FileText aria-hidden="true" className="size-3.5" /> PDF
      </a>
      <a
        href={`${documentUrl(document.id)}/results`}
        download={exportName(document.name)}
        className={buttonClass()}
      >
        <Braces aria-hidden="true" className="size-3.5" /> Export JSON
      </a>
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
      {open === "retry" && <RetryDialog document={document} onClose={close} />}
      {open === "cancel" && <CancelDialog document={document} onClose={close} />}
    </div>
  );
}
