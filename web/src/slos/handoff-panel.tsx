import type { HandoffView } from "../../../src/contract/slos.ts";
import { DataTable, TableTwin } from "../costs/table.tsx";
import { Empty, Panel } from "../ui/panel.tsx";
import { percentWords, secondsWords } from "./words.ts";

type Bucket = HandoffView["buckets"][number];

const bucketWords = ({ fromSeconds, toSeconds }: Bucket): string => {
  if (toSeconds === null) return `over ${secondsWords(fromSeconds)}`;
  return fromSeconds === 0 ? `up to ${secondsWords(toSeconds)}` : `to ${secondsWords(toSeconds)}`;
};

function Histogram({ handoffs }: { handoffs: HandoffView }) {
  const most = Math.max(1, ...handoffs.buckets.map(({ n }) => n));
  return (
    <div>
      <div
        role="img"
        aria-label="Handoffs by how long they took; the table has the figures."
        className="space-y-1"
      >
        {handoffs.buckets.map((bucket) => (
          <div key={bucket.fromSeconds} className="flex items-center gap-2 text-xs">
            <span className="w-24 shrink-0 text-right text-ink-2">{bucketWords(bucket)}</span>
            <span className="h-4 min-w-0 grow">
              <span
                className="block h-full rounded-r-sm bg-accent"
                style={{ width: `${(100 * bucket.n) / most}%` }}
              />
            </span>
            <span className="w-10 shrink-0 text-right tabular-nums">{bucket.n}</span>
          </div>
        ))}
      </div>
      <TableTwin>
        <DataTable<Bucket>
          caption="Handoffs by how long they took"
          rows={handoffs.buckets}
          keyOf={({ fromSeconds }) => String(fromSeconds)}
          columns={[
            { name: "It took", cell: bucketWords },
            { name: "Handoffs", isNumber: true, cell: ({ n }) => n },
          ]}
        />
      </TableTwin>
    </div>
  );
}

const kinds = [
  {
    key: "coldStartSeconds",
    name: "Cold start",
    note: "its container was not ready",
    look: "bg-step-2",
  },
  {
    key: "queueSeconds",
    name: "Queue",
    note: "its container was full",
    look: "bg-sunken bar-skipped",
  },
  {
    key: "claimSeconds",
    name: "Claim",
    note: "a slot was free: asking and fetching",
    look: "bg-accent",
  },
] as const;

function Split({ split }: { split: NonNullable<HandoffView["split"]> }) {
  const total = kinds.reduce((sum, { key }) => sum + split[key], 0);
  const shareOf = (seconds: number): number => (total === 0 ? 0 : seconds / total);
  return (
    <div className="space-y-2">
      <p>
        The mean handoff took <strong>{secondsWords(total)}</strong>{" "}
        <span className="text-ink-3">(n = {split.n.toLocaleString("en-US")})</span>
      </p>
      <div
        aria-hidden="true"
        className="flex h-4 w-full overflow-hidden rounded border border-line-strong"
      >
        {kinds.map(({ key, look }) => (
          <span key={key} className={look} style={{ width: `${100 * shareOf(split[key])}%` }} />
        ))}
      </div>
      <ul className="space-y-1 text-[13px]">
        {kinds.map(({ key, name, note, look }) => (
          <li key={key} className="flex items-center gap-2">
            <span
              aria-hidden="true"
              className={`size-3 shrink-0 border border-line-strong ${look}`}
            />
            <span>
              {name} <strong className="tabular-nums">{secondsWords(split[key])}</strong>,{" "}
              {percentWords(Math.round(100 * shareOf(split[key])) / 100)}:{" "}
              <span className="text-ink-2">{note}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** How long visual results wait for text work, and what for. */
export function HandoffPanel({ handoffs }: { handoffs: HandoffView }) {
  const { n, p50Seconds, p95Seconds, split } = handoffs;
  return (
    <section aria-label="Handoffs">
      <h2 className="mb-2 font-semibold">Handoff from vision to text</h2>
      <Panel className="px-4 py-3">
        {n === 0 || p50Seconds === null || p95Seconds === null ? (
          <Empty title="No handoff in the last 28 days.">
            The first deck that goes through both pools shows up here.
          </Empty>
        ) : (
          <div className="grid items-start gap-6 lg:grid-cols-2">
            <div className="space-y-2">
              <p>
                Half of them within <strong>{secondsWords(p50Seconds)}</strong>, 19 of 20 within{" "}
                <strong>{secondsWords(p95Seconds)}</strong>{" "}
                <span className="text-ink-3">
                  (n = {n.toLocaleString("en-US")}
                  {n < 20 ? ", few samples" : ""})
                </span>
              </p>
              <Histogram handoffs={handoffs} />
            </div>
            {split !== null && <Split split={split} />}
          </div>
        )}
        <p className="mt-3 text-xs text-ink-3">From {handoffs.source}.</p>
      </Panel>
    </section>
  );
}
