import type { PoolOutlook } from "../../../src/contract/fleet-outlook.ts";
import type { PoolView } from "../api/types.ts";
import { extraWords } from "../lib/fleet-words.ts";
import { clockWords } from "../lib/format.ts";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";
import { coldStartWords, neededWords, queueWords } from "./outlook-words.ts";
import { PoolActions } from "./pool-actions.tsx";

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** Ready and leased tasks in words; an idle pool says so. */
const workWords = ({ ready, leased }: PoolView): string => {
  if (ready === 0 && leased === 0) return "No work waits or runs.";
  if (leased === 0) return `${plural(ready, "task waits", "tasks wait")}.`;
  const running = `${plural(leased, "task", "tasks")} running`;
  return ready === 0 ? `${running}.` : `${running}, ${ready} waiting.`;
};

const boundsWords = ({ min, max }: PoolView): string =>
  min === 0 ? `at most ${max}` : `${min} to ${max}`;

function Outlook({ outlook }: { outlook: PoolOutlook }) {
  const { busy, starting, max } = outlook;
  const needed = neededWords(outlook);
  return (
    <div className="mt-1 text-[13px] text-ink-2 tabular-nums">
      <p>
        {busy} busy / {starting} starting / max {max}
      </p>
      <p>
        {queueWords(outlook)}
        {needed !== null && `; ${needed}`}
      </p>
      <p className="text-ink-3">{coldStartWords(outlook)}</p>
    </div>
  );
}

/** A pool: as many boxes as it may have containers, filled for those that run. */
export function PoolCard({
  pool,
  outlook,
}: {
  pool: PoolView;
  /** What it will do next, once that is known. */
  outlook: PoolOutlook | undefined;
}) {
  const slots = Array.from({ length: Math.max(pool.max, pool.running) }, (_, index) => index + 1);
  return (
    <Panel className="p-4">
      <div className="flex items-center gap-3">
        <h2 className="flex min-w-0 grow flex-wrap items-center gap-x-2 font-semibold break-words">
          {pool.pool}
          {pool.paused !== null && <Badge tone="warn">Paused</Badge>}
        </h2>
        <span aria-hidden="true" className="flex gap-1">
          {slots.map((slot) => (
            <span
              key={slot}
              className={`size-3.5 rounded ${
                slot <= pool.running
                  ? "bg-accent"
                  : slot <= pool.wanted
                    ? "bar-stripes bg-track"
                    : "bg-track"
              }`}
            />
          ))}
        </span>
      </div>
      <p className="mt-2 text-[13px] text-ink-2">
        <span className="font-medium text-ink tabular-nums">
          {pool.running} running, {pool.wanted} wanted
        </span>
        , {boundsWords(pool)}
      </p>
      <p className="text-[13px] text-ink-2">{workWords(pool)}</p>
      {outlook !== undefined && <Outlook outlook={outlook} />}
      {pool.paused !== null && (
        <p className="mt-1 text-[13px] break-words text-warn">
          No starts since <Ago at={pool.paused.since} />
          {pool.paused.reason !== null && `: ${pool.paused.reason}`}
        </p>
      )}
      {extraWords(pool, clockWords).map((words, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no names, and none is moved
        <p key={index} className="mt-1 text-[13px] text-ink-2">
          {words}
        </p>
      ))}
      <PoolActions pool={pool} />
    </Panel>
  );
}
