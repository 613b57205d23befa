import { TriangleAlert } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import type { ReplicaView } from "../api/types.ts";
import { machineWords, priceWords, pullWords, usdWords } from "../lib/fleet-words.ts";
import { engineShort } from "../lib/words.ts";
import { Ago } from "../ui/time.tsx";

/** Machine, price and cost, then what it does, as one line that may break. */
export function ReplicaFacts({ replica }: { replica: ReplicaView }) {
  const { machine, costUsd, slots, leases, lastHeartbeat, isFixed, provider } = replica;
  const facts: Readonly<Record<string, ReactNode>> = {
    machine: <span className="font-medium text-ink">{machineWords(machine)}</span>,
    provider: isFixed && provider === "fixed" ? null : provider,
    fixed: isFixed ? "a fixed machine" : null,
    price: priceWords(machine),
    cost: costUsd === null ? null : `${usdWords(costUsd)} so far`,
    slots: slots === 0 ? null : `${leases} of ${slots} slots`,
    engine: engineShort(replica.engine) || null,
    heard:
      lastHeartbeat === null ? null : (
        <>
          heard <Ago at={lastHeartbeat} />
        </>
      ),
  };
  return (
    <p className="text-[13px] break-words text-ink-2 tabular-nums">
      {Object.entries(facts)
        .filter(([, fact]) => fact !== null)
        .map(([key, fact], index) => (
          <Fragment key={key}>
            {index > 0 && " · "}
            {fact}
          </Fragment>
        ))}
    </p>
  );
}

/** What its provider says is wrong. */
export function Trouble({ replica }: { replica: ReplicaView }) {
  if (replica.trouble === null) return null;
  return (
    <p className="flex gap-2 rounded-md bg-bad-soft px-3 py-2 text-[13px] text-ink">
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <span className="min-w-0 break-words">
        <span className="font-medium">Trouble:</span> {replica.trouble}
      </span>
    </p>
  );
}

/** About a long phase: its note, and how far a download is. */
export function PhaseNote({ replica }: { replica: ReplicaView }) {
  const { note, pull, name } = replica;
  if (note === null && pull === null) return null;
  return (
    <div className="max-w-xl space-y-1">
      <p className="flex flex-wrap justify-between gap-x-4 text-[13px] break-words text-ink-2">
        {note !== null && <span className="min-w-0">{note}</span>}
        {pull !== null && <span className="tabular-nums text-ink-3">{pullWords(pull)}</span>}
      </p>
      {pull !== null && <PullBar name={name} pull={pull} />}
    </div>
  );
}

function PullBar({ name, pull }: { name: string; pull: NonNullable<ReplicaView["pull"]> }) {
  const { doneBytes, totalBytes } = pull;
  const percent = totalBytes <= 0 ? 0 : Math.min(100, Math.floor((100 * doneBytes) / totalBytes));
  return (
    <div
      role="progressbar"
      aria-label={`Download of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${percent} percent, ${pullWords(pull)}`}
      className="h-1.5 overflow-hidden rounded-full bg-track"
    >
      <div
        data-fill
        className="h-full rounded-full bg-accent transition-[width] duration-200"
        style={{ width: `${percent}%` }}
      />
    </div>
  );
}
