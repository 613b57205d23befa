import type { ReactNode } from "react";
import type { Fleet } from "../api/types.ts";
import { ceilingWords, unpricedWords, usdWords } from "../lib/fleet-words.ts";
import { Panel } from "../ui/panel.tsx";

function Figure({
  title,
  value,
  children,
}: {
  title: string;
  value: string;
  children?: ReactNode;
}) {
  return (
    <div>
      <dt className="text-xs text-ink-3">{title}</dt>
      <dd className="text-lg font-semibold tabular-nums">
        {value}
        {children !== undefined && (
          <span className="block text-xs font-normal text-ink-3">{children}</span>
        )}
      </dd>
    </div>
  );
}

/** What runs now costs, and how far it may go. */
export function MoneyPanel({ fleet }: { fleet: Fleet }) {
  const unpriced = unpricedWords(fleet);
  return (
    <Panel className="px-4 py-3">
      <dl className="flex flex-wrap gap-x-10 gap-y-2">
        <Figure title="Cost now" value={`${usdWords(fleet.usdPerHour)} an hour`}>
          {unpriced === "" ? undefined : unpriced}
        </Figure>
        <Figure title="Ceiling" value={`${usdWords(fleet.ceiling.usdPerHour)} an hour`} />
        <Figure title="Running" value={ceilingWords(fleet)} />
      </dl>
    </Panel>
  );
}
