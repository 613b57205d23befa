import { useQuery } from "@tanstack/react-query";
import type { Slos } from "../../../src/contract/slos.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { Changes } from "./changes.tsx";
import { HandoffPanel } from "./handoff-panel.tsx";
import { Objective } from "./objective.tsx";
import { slosQuery } from "./queries.ts";
import { standingOf } from "./words.ts";

/** The answer in a sentence. */
function Verdict({ slos }: { slos: Slos }) {
  const measured = slos.objectives.filter(({ state }) => state === "measured");
  const spent = slos.spent.length;
  const burning = measured.filter((one) => standingOf(one) === "burning").length;
  const rest = slos.objectives.length - measured.length;
  const words =
    measured.length === 0
      ? "No promise has data yet: upload a deck, and its times are counted here."
      : `${measured.length - spent} of ${measured.length} measured promises are kept${spent > 0 ? `, ${spent} ${spent === 1 ? "budget is" : "budgets are"} spent` : ""}${burning > 0 ? `, ${burning} ${burning === 1 ? "burns" : "burn"} fast` : ""}.`;
  return (
    <p className="font-medium">
      {words}{" "}
      <span className="font-normal text-ink-3">
        Over {slos.windowDays} days, of the whole installation.
        {rest > 0 &&
          measured.length > 0 &&
          ` ${rest} ${rest === 1 ? "has" : "have"} no data or no target: that counts neither way.`}
      </span>
    </p>
  );
}

/** Are promises kept, and how fast does what they allow go? */
export function SlosPage() {
  useTitle("SLOs");
  const query = useQuery(slosQuery);
  return (
    <div className="space-y-4">
      <h1 className="text-lg font-semibold tracking-tight">Service level objectives</h1>
      <AsyncPanel query={query} what="the objectives" asked>
        {(slos) => (
          <div className="space-y-5">
            <Verdict slos={slos} />
            {slos.cut !== null && (
              <p
                role="status"
                className="rounded-md bg-warn-soft px-3 py-1.5 text-[13px] text-warn"
              >
                {slos.cut.sentence}
              </p>
            )}
            <ul className="space-y-3">
              {slos.objectives.map((one) => (
                <Objective key={one.id} slo={one} changes={slos.changes} />
              ))}
            </ul>
            <Changes changes={slos.changes} windowDays={slos.windowDays} />
            <HandoffPanel handoffs={slos.handoffs} />
            <p className="text-xs text-ink-3">
              A budget is the share of cases that may miss a promise in 28 days. Burn is how fast it
              goes: 1 spends it exactly by the end of them. Targets are settings, under slos in the
              configuration.
            </p>
          </div>
        )}
      </AsyncPanel>
    </div>
  );
}
