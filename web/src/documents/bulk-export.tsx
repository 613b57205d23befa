import { useState } from "react";
import { documentUrl } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { documentsWords } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { isActive } from "../ui/progress-bar.tsx";

const formats = [
  { format: "html", label: "Reports to print (HTML)" },
  { format: "md", label: "Text (Markdown)" },
  { format: "csv", label: "Tables (CSV)" },
  { format: "json", label: "Data (JSON)" },
] as const;
type Format = (typeof formats)[number]["format"];

/** Between two files: a browser that is asked for many at once saves only some of them. */
const pauseMs = 400;

function save(document: DocumentSummary, format: Format): void {
  const link = window.document.createElement("a");
  link.href = `${documentUrl(document.id)}/export?format=${format}`;
  link.download = "";
  link.click();
}

/** One file a document, as the page of each has it. */
export function BulkExport({
  selected,
  onClose,
}: {
  selected: readonly DocumentSummary[];
  onClose: () => void;
}) {
  const [format, setFormat] = useState<Format>("md");
  const [sent, setSent] = useState<number | null>(null);
  const unfinished = selected.filter(({ pipeline }) => isActive(pipeline)).length;
  const run = async (): Promise<void> => {
    for (const [index, document] of selected.entries()) {
      save(document, format);
      setSent(index + 1);
      await new Promise((resolve) => window.setTimeout(resolve, pauseMs));
    }
  };
  const count = documentsWords(selected.length);
  return (
    <Dialog title="Export the selected documents" onClose={onClose}>
      <fieldset className="space-y-1">
        <legend className="text-[13px] text-ink-2">
          {count}, each as a file of its own. The browser may ask once whether several files may be
          saved.
        </legend>
        {formats.map((one) => (
          <label key={one.format} className="flex min-h-7 items-center gap-2">
            <input
              type="radio"
              name="format"
              checked={format === one.format}
              onChange={() => setFormat(one.format)}
              className="size-4 accent-accent"
            />
            {one.label}
          </label>
        ))}
      </fieldset>
      {unfinished > 0 && (
        <p className="mt-2 text-[13px] text-ink-2">
          {documentsWords(unfinished)} of them {unfinished === 1 ? "is" : "are"} not finished: what
          is there so far, labelled as partial.
        </p>
      )}
      <p role="status" className="mt-2 text-[13px] text-ink-2">
        {sent === null ? "" : `${sent} of ${selected.length} handed to the browser.`}
      </p>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Close</Button>
        <Button kind="primary" disabled={sent !== null} onClick={() => void run()}>
          Export
        </Button>
      </div>
    </Dialog>
  );
}
