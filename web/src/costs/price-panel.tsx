import { Link } from "@tanstack/react-router";
import type { Costs } from "../../../src/contract/costs.ts";
import { momentWords } from "../lib/format.ts";
import { Empty, Panel } from "../ui/panel.tsx";
import { DataTable } from "./table.tsx";
import { quantumWords, rateWords } from "./words.ts";

type Price = Costs["prices"][number];

const machineOf = ({ gpu, region, spot }: Price): string =>
  [gpu ?? "CPU", spot ? "spot" : null, region].filter((part) => part !== null).join(", ");

/** Where the prices come from, and how they are charged. */
export function PricePanel({ costs }: { costs: Costs }) {
  return (
    <section aria-label="Prices">
      <h2 className="mb-2 font-semibold">Prices</h2>
      <Panel className="overflow-hidden">
        {costs.prices.length === 0 ? (
          <Empty title="No machine was rented in this time." />
        ) : (
          <DataTable<Price>
            caption="Prices of machines"
            rows={costs.prices}
            keyOf={(price) => JSON.stringify(price)}
            columns={[
              { name: "Provider", cell: ({ provider }) => provider },
              { name: "Pool", cell: ({ pool }) => pool },
              { name: "Machine", cell: machineOf },
              { name: "Rate", isNumber: true, cell: (one) => rateWords(one.microUsdPerHour) },
              {
                name: "Charged",
                cell: (one) =>
                  one.microUsdPerHour === null ? "not at all" : quantumWords(one.quantumSeconds),
              },
              {
                name: "Since",
                cell: ({ since }) => (
                  <time dateTime={since} title={momentWords(since)}>
                    {since.slice(0, 10)}
                  </time>
                ),
              },
              { name: "Runs", isNumber: true, cell: ({ runs }) => runs.toLocaleString("en-US") },
            ]}
          />
        )}
      </Panel>
      <p className="mt-2 text-xs text-ink-3">
        {costs.priceNote} What other machines or another load would cost: see{" "}
        <Link to="/what-if" className="underline">
          What-if
        </Link>
        .
      </p>
    </section>
  );
}
