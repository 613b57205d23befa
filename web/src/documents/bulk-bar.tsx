import { Ban, Download, RotateCcw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { DocumentSummary } from "../api/types.ts";
import { documentsWords } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { affectedBy, type BulkKind } from "./bulk.ts";

const BulkDialog = lazy(async () => ({ default: (await import("./bulk-dialog.tsx")).BulkDialog }));
const BulkExport = lazy(async () => ({ default: (await import("./bulk-export.tsx")).BulkExport }));

interface Asked {
  readonly kind: BulkKind | "export";
  /** As it was then: what is done may take rows out of the list, and with them out of the selection. */
  readonly selected: readonly DocumentSummary[];
}

/** What can be done with the rows that are ticked; it stays in sight while the list is scrolled. */
export function BulkBar({
  selected,
  onClear,
}: {
  selected: readonly DocumentSummary[];
  onClear: () => void;
}) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = (isDone: boolean): void => {
    setAsked(null);
    if (isDone) onClear();
  };
  return (
    <>
      {selected.length > 0 && (
        <Actions
          selected={selected}
          onAsk={(kind) => setAsked({ kind, selected })}
          onClear={onClear}
        />
      )}
      <Suspense fallback={null}>
        {asked?.kind === "export" && (
          <BulkExport selected={asked.selected} onClose={() => setAsked(null)} />
        )}
        {asked !== null && asked.kind !== "export" && (
          <BulkDialog kind={asked.kind} selected={asked.selected} onClose={close} />
        )}
      </Suspense>
    </>
  );
}

function Actions({
  selected,
  onAsk,
  onClear,
}: {
  selected: readonly DocumentSummary[];
  onAsk: (kind: Asked["kind"]) => void;
  onClear: () => void;
}) {
  const retried = affectedBy("retry", selected).length;
  const cancelled = affectedBy("cancel", selected).length;
  return (
    <section
      aria-label="Selected documents"
      data-key-actions
      className="sticky bottom-2 z-20 flex flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-surface px-3 py-2 shadow-lg"
    >
      <p role="status" className="grow font-medium max-sm:w-full">
        {documentsWords(selected.length)} selected
      </p>
      <Button disabled={retried === 0} onClick={() => onAsk("retry")}>
        <RotateCcw aria-hidden="true" className="size-3.5 max-sm:hidden" /> Retry {retried}
      </Button>
      <Button disabled={cancelled === 0} onClick={() => onAsk("cancel")}>
        <Ban aria-hidden="true" className="size-3.5 max-sm:hidden" /> Cancel {cancelled}
      </Button>
      <Button onClick={() => onAsk("export")}>
        <Download aria-hidden="true" className="size-3.5 max-sm:hidden" /> Export {selected.length}
      </Button>
      <Button kind="quiet" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
