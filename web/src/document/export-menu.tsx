import { ChevronDown, Download } from "lucide-react";
import { useRef } from "react";
import { documentUrl } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { buttonClass } from "../ui/button.tsx";
import { isActive } from "../ui/progress-bar.tsx";

const formats = [
  { format: "html", label: "Report to print (HTML)" },
  { format: "md", label: "Text (Markdown)" },
  { format: "csv", label: "Table (CSV)" },
  { format: "json", label: "Data (JSON)" },
] as const;

const itemClass =
  "flex min-h-8 items-center rounded px-2 text-[13px] whitespace-nowrap hover:bg-sunken";

/** What came out, as a file. The server writes it, as it does for the command line. */
export function ExportMenu({ document }: { document: DocumentSummary }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current) menu.current.open = false;
  };
  const { generation } = document.pipeline;
  const older = Array.from({ length: generation - 1 }, (_, index) => generation - 1 - index);
  const url = `${documentUrl(document.id)}/export`;
  return (
    <details
      ref={menu}
      className="relative"
      onBlur={({ relatedTarget }) => {
        if (!menu.current?.contains(relatedTarget)) close();
      }}
      onKeyDown={({ key }) => {
        if (key !== "Escape" || menu.current?.open !== true) return;
        close();
        menu.current.querySelector("summary")?.focus();
      }}
    >
      <summary className={`${buttonClass()} list-none [&::-webkit-details-marker]:hidden`}>
        <Download aria-hidden="true" className="size-3.5" /> Export
        <ChevronDown aria-hidden="true" className="size-3.5" />
      </summary>
      <div className="absolute left-0 z-20 mt-1 max-h-80 overflow-auto rounded-lg border border-line bg-surface p-1.5 shadow-xl sm:right-0 sm:left-auto">
        {isActive(document.pipeline) && (
          <p className="max-w-56 px-2 pb-1 text-xs text-ink-2">
            Not finished: what is there so far, labelled as partial.
          </p>
        )}
        <ul>
          {formats.map(({ format, label }) => (
            <li key={format}>
              <a
                href={`${url}?format=${format}`}
                {...(format === "html"
                  ? { target: "_blank", rel: "noreferrer" }
                  : { download: "" })}
                className={itemClass}
                onClick={close}
              >
                {label}
              </a>
            </li>
          ))}
          {older.slice(0, 20).map((one) => (
            <li key={one}>
              <a
                href={`${url}?format=html&generation=${one}`}
                target="_blank"
                rel="noreferrer"
                className={itemClass}
                onClick={close}
              >
                Report of generation {one}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}
