import { getRouteApi, Link } from "@tanstack/react-router";
import type { CostRow, Costs } from "../../../src/contract/costs.ts";
import { durationWords } from "../lib/format.ts";
import { Empty, Panel } from "../ui/panel.tsx";
import { measureOf } from "./day-bars.tsx";
import { dayWords } from "./search.ts";
import { DataTable } from "./table.tsx";
import { microUsdWords, parts } from "./words.ts";

const route = getRouteApi("/costs");

const tabs = [
  { by: "pool", name: "Pool" },
  { by: "model", name: "Model" },
  { by: "phase", name: "Kind" },
  { by: "day", name: "Day" },
  { by: "hour", name: "Hour of day" },
  { by: "document", name: "Document" },
] as const;

function RowName({ row, by }: { row: CostRow; by: Costs["by"] }) {
  const link = "text-accent-ink underline";
  if (by === "day") return dayWords(row.key);
  if (by === "document" && row.key.startsWith("d_")) {
    return (
      <Link to="/documents/$id" params={{ id: row.key }} className={link}>
        {row.name}
      </Link>
    );
  }
  if (by === "pool") {
    return (
      <Link to="/fleet" className={link}>
        {row.name}
      </Link>
    );
  }
  return row.name;
}

/** The same money by whatever is asked. */
export function Breakdown({ costs }: { costs: Costs }) {
  const { by = "pool" } = route.useSearch();
  const measure = measureOf(costs);
  const isMoney = measure.words === microUsdWords;
  return (
    <section aria-label="Where it goes">
      <h2 className="mb-2 font-semibold">Where it goes</h2>
      <nav aria-label="Table by" className="mb-2 flex flex-wrap gap-1 print:hidden">
        {tabs.map((tab) => (
          <Link
            key={tab.by}
            from="/costs"
            to="/costs"
            search={(given) => ({ ...given, by: tab.by })}
            replace
            resetScroll={false}
            aria-current={tab.by === by ? "true" : undefined}
            className="min-h-7 rounded-md px-2.5 py-1 text-[13px] text-ink-2 hover:text-ink aria-[current=true]:bg-sunken aria-[current=true]:font-medium aria-[current=true]:text-ink"
          >
            {tab.name}
          </Link>
        ))}
      </nav>
      <Panel className="overflow-hidden">
        {costs.charging === "idle" ? (
          <Empty title="Nothing ran in this time.">
            Choose another time above, or upload a deck: its containers show up here.
          </Empty>
        ) : (
          <DataTable
            caption={`${isMoney ? "Money" : "Container time"} by ${costs.by}`}
            rows={costs.rows}
            keyOf={({ key }) => key}
            columns={[
              {
                name: tabs.find((tab) => tab.by === costs.by)?.name ?? costs.by,
                cell: (row) => <RowName row={row} by={costs.by} />,
              },
              { name: "Runs", isNumber: true, cell: ({ n }) => n.toLocaleString("en-US") },
              ...parts.map(({ key, name }) => ({
                name,
                isNumber: true,
                cell: (row: CostRow) => measure.words(measure.of(row, key)),
              })),
              {
                name: "Total",
                isNumber: true,
                cell: (row) => measure.words(measure.of(row, "total")),
              },
              ...(isMoney
                ? [
                    {
                      name: "Time",
                      isNumber: true,
                      cell: (row: CostRow) => durationWords(row.split.seconds.total),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Panel>
    </section>
  );
}
