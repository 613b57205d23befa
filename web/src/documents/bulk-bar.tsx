import { Ban, Download, RotateCcw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { DocumentSummary } from "../api/types.ts";
import { documentsWords } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { affectedBy, type BulkKind } from "./bulk.ts";

const BulkDialog = lazy(async () => ({ default: (await import("./bulk-dialog.tsx")).BulkDialog }));
const BulkExport = lazy(async () => ({ default: (await import("./bulk-export.tsx")).BulkExport }));

/** What can be done with the rows that are ticked; it stays in sight while the list is scrolled. */
export function BulkBar({
  selected,
  onClear,
}: {
  selected: readonly DocumentSummary[];
  onClear: () => void;
}) {
  const [asked, setAsked] = useState<BulkKind | "export" | null>(null);
  if (selected.length === 0) return null;
  const retried = affectedBy("retry", selected).length;
  const cancelled = affectedBy("cancel", selected).length;
  const close = (isDone: boolean): void => {
    setAsked(null);
    if (isDone) onClear();
  };
  return (
    <section
      aria-label="Selected documents"
      data-key-actions
      className="sticky bottom-2 z-20 flex flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-surface px-3 py-2 shadow-lg"
    >
      <p role="status" className="grow font-medium max-sm:w-full">
        {documentsWords(selected.length)} selected
      </p>
      <Button disabled={retried === 0} onClick={() => setAsked("retry")}>
        <RotateCcw aria-hidden="true" className="size-3.5 max-sm:hidden" /> Retry {retried}
      </Button>
      <Button disabled={cancelled === 0} onClick={() => setAsked("cancel")}>
        <Ban aria-hidden="true" className="size-3.5 max-sm:hidden" /> Cancel {cancelled}
      </Button>
      <Button onClick={() => setAsked("export")}>
        <Download aria-hidden="true" className="size-3.5 max-sm:hidden" /> Export {selected.length}
      </Button>
      <Button kind="quiet" onClick={onClear}>
        Clear
      </Button>
      <Suspense fallback={null}>
        {(asked === "retry" || asked === "cancel") && (
          <BulkDialog kind={asked} selected={selected} onClose={close} />
        )}
        {asked === "export" && <BulkExport selected={selected} onClose={() => setAsked(null)} />}
      </Suspense>
    </section>
  );
}
