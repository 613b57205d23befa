import type { Fleet } from "../api/types.ts";
import { ceilingWords, unpricedWords, usdWords } from "../lib/fleet-words.ts";
import { Panel } from "../ui/panel.tsx";
import { Figure } from "./figure.tsx";

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
