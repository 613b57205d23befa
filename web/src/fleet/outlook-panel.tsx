import { useQuery } from "@tanstack/react-query";
import type { Fleet } from "../api/types.ts";
import { isOver, usdWords } from "../lib/fleet-words.ts";
import { Panel } from "../ui/panel.tsx";
import { restWords, verdictLines } from "./outlook-words.ts";
import { outlookQuery } from "./queries.ts";

/** Nothing runs, which is good: what that costs, and what the next upload will wait for. */
export function RestLine({ fleet }: { fleet: Fleet }) {
  const { data } = useQuery(outlookQuery);
  if (fleet.replicas.some(({ phase }) => !isOver(phase))) return null;
  return (
    <p className="text-ink-2">
      <span className="font-medium text-ink">
        Nothing is running, {usdWords(fleet.usdPerHour)} an hour.
      </span>{" "}
      {data !== undefined && restWords(data.pools)}
    </p>
  );
}

/** How starts ahead of need turned out in a day. */
export function VerdictPanel() {
  const { data } = useQuery(outlookQuery);
  if (data === undefined) return null;
  return (
    <section aria-label="Pre-warm verdicts">
      <Panel className="px-4 py-3">
        <h2 className="float-left mr-6 text-[13px] font-semibold">Starts, last 24 h</h2>
        <dl className="flex flex-wrap items-baseline gap-x-6 gap-y-1 text-[13px]">
          {verdictLines(data).map(({ name, words }) => (
            <div key={name} className="flex items-baseline gap-1.5">
              <dt className="text-ink-3">{name}</dt>
              <dd className="font-medium tabular-nums">{words}</dd>
            </div>
          ))}
        </dl>
      </Panel>
    </section>
  );
}
