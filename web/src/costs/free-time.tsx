import { getRouteApi } from "@tanstack/react-router";
import type { FormEvent } from "react";
import type { Costs } from "../../../src/contract/costs.ts";
import { durationWords } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { microUsdWords } from "./words.ts";

const route = getRouteApi("/costs");

/** Time that nobody charges for, and what it would cost at a price that is typed here. */
export function FreeTime({ costs }: { costs: Costs }) {
  const { rate } = route.useSearch();
  const navigate = route.useNavigate();
  const { unchargedSeconds, unpricedSeconds } = costs;
  if (unchargedSeconds + unpricedSeconds === 0) return null;
  const seconds = unchargedSeconds + unpricedSeconds;
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const typed = Number(new FormData(event.currentTarget).get("rate"));
    void navigate({
      search: (given) => ({ ...given, rate: typed > 0 ? typed : undefined }),
      replace: true,
    });
  };
  return (
    <section aria-label="Time without a price">
      <h2 className="mb-2 font-semibold">Time without a price</h2>
      <Panel className="space-y-2 px-4 py-3">
        <p>
          {unchargedSeconds > 0 &&
            `Nobody charges for ${durationWords(unchargedSeconds)} of container time: it ran on machines of your own. `}
          {unpricedSeconds > 0 &&
            `${durationWords(unpricedSeconds)} ran on machines that cost something, and nobody says what.`}
        </p>
        <form onSubmit={apply} className="flex flex-wrap items-end gap-2 print:hidden">
          <label className="text-[13px]">
            <span className="block text-ink-2">What if an hour of it cost, in dollars</span>
            <input
              key={rate}
              name="rate"
              type="number"
              min="0"
              max="10000"
              step="any"
              defaultValue={rate ?? ""}
              placeholder="0.80"
              className="mt-1 min-h-8 w-32 rounded-md border border-line-strong bg-surface px-2"
            />
          </label>
          <Button type="submit">Work it out</Button>
        </form>
        {rate !== undefined && (
          <p className="rounded-md bg-warn-soft px-3 py-1.5 text-warn" role="status">
            <strong>What-if:</strong> at ${rate} an hour it would cost{" "}
            {microUsdWords(Math.round((rate * 1e6 * seconds) / 3600))}. Nobody charges this, and it
            is in no other figure.
          </p>
        )}
      </Panel>
    </section>
  );
}
