import type { BatchDetail } from "../api/types.ts";
import { documentsWords, durationWords } from "../lib/format.ts";
import { BatchBadge } from "../ui/batch-badge.tsx";
import { BatchBar } from "../ui/batch-bar.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";
import { BatchActions } from "./batch-actions.tsx";

/** What the batch is, how far it is, and what can be done about it. */
export function BatchHeader({ batch }: { batch: BatchDetail }) {
  const { createdAt, finishedAt } = batch;
  const seconds =
    finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(createdAt)) / 1000;
  return (
    <header className="space-y-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 grow">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">
              {batch.name}
            </h1>
            <BatchBadge batch={batch} />
          </div>
          <p className="mt-0.5 text-[13px] text-ink-2">
            {documentsWords(batch.documents)} · submitted <Ago at={createdAt} />
            {seconds !== null && ` · took ${durationWords(seconds)}`}
          </p>
        </div>
        <BatchActions batch={batch} />
      </div>
      <Panel className="p-4">
        <div className="mb-2.5 flex flex-wrap items-baseline gap-x-3">
          <p className="min-w-0 grow font-medium">{batch.status.sentence}</p>
          <p className="text-base font-semibold whitespace-nowrap tabular-nums">
            {batch.percent} %
          </p>
        </div>
        <BatchBar batch={batch} className="h-2.5" />
      </Panel>
    </header>
  );
}
