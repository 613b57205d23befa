import { Link } from "@tanstack/react-router";
import type { BatchSummary } from "../api/types.ts";
import { documentsWords } from "../lib/format.ts";
import { BatchBadge } from "../ui/batch-badge.tsx";
import { BatchBar } from "../ui/batch-bar.tsx";
import { Ago } from "../ui/time.tsx";
import { BatchActions } from "./batch-actions.tsx";

/** One batch of the list; the whole row leads to its page, but for its buttons. */
export function BatchRow({ batch }: { batch: BatchSummary }) {
  return (
    <li
      data-row
      className="relative grid items-center gap-x-4 gap-y-2 px-4 py-3 hover:bg-sunken/60 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_6rem_12rem]"
    >
      <div className="min-w-0">
        <Link
          to="/batches/$id"
          params={{ id: batch.id }}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {batch.name}
        </Link>
        <p className="text-[13px] text-ink-2">{documentsWords(batch.documents)}</p>
      </div>
      <div className="min-w-0">
        <div className="mb-1 flex items-center gap-2">
          <BatchBadge batch={batch} />
          <span className="grow" />
          <span className="text-xs whitespace-nowrap tabular-nums text-ink-2">
            {batch.percent} %
          </span>
        </div>
        <BatchBar batch={batch} className="h-1.5" />
        <p className="mt-1 text-[13px] text-ink-2">{batch.status.sentence}</p>
      </div>
      <p className="text-xs text-ink-3 md:text-right">
        <Ago at={batch.createdAt} />
      </p>
      <div className="relative z-10 justify-self-start md:justify-self-end">
        <BatchActions batch={batch} named />
      </div>
    </li>
  );
}
