import { Braces, FileText, RefreshCw, RotateCcw, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { documentUrl } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { isActive } from "../ui/progress-bar.tsx";
import { CancelDialog } from "./cancel-dialog.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { ReopenDialog, type ReopenKind } from "./reopen-dialog.tsx";

/** Whether there is anything a retry could mend. */
const canRetry = ({ pipeline }: DocumentSummary): boolean =>
  pipeline.state === "failed" ||
  pipeline.state === "cancelled" ||
  pipeline.progress.tasks.some((task) => task.state === "dead" || task.gaps.length > 0);

/** Whether anything has ended that could be done once more. */
const canRerun = ({ pipeline }: DocumentSummary): boolean =>
  !isActive(pipeline) || pipeline.progress.tasks.some((task) => task.state === "done");

const exportName = (name: string): string => `${name.replace(/\.pdf$/i, "")}.json`;

/** What stood before it was done again; still older ones are had by the API. */
function OlderResults({ document }: { document: DocumentSummary }) {
  const older = document.pipeline.generation - 1;
  if (older === 0) return null;
  return (
    <a
      href={`${documentUrl(document.id)}/results?generation=${older}`}
      download={exportName(document.name).replace(/json$/, `generation-${older}.json`)}
      className={buttonClass()}
    >
      <Braces aria-hidden="true" className="size-3.5" /> Export generation {older}
    </a>
  );
}

export function DocumentActions({ document }: { document: DocumentSummary }) {
  const [open, setOpen] = useState<ReopenKind | "cancel" | "delete" | null>(null);
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
      <a
        href={`${documentUrl(document.id)}/results`}
        download={exportName(document.name)}
        className={buttonClass()}
      >
        <Braces aria-hidden="true" className="size-3.5" /> Export JSON
      </a>
      <OlderResults document={document} />
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
        <ReopenDialog document={document} kind={open} onClose={close} />
      )}
      {open === "cancel" && <CancelDialog document={document} onClose={close} />}
      {open === "delete" && <DeleteDialog document={document} onClose={close} />}
    </div>
  );
}
