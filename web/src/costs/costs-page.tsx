import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Costs } from "../../../src/contract/costs.ts";
import { estimatedRule } from "../../../src/core/cost/cost-words.ts";
import { serverNowMs } from "../lib/now.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { Breakdown } from "./breakdown.tsx";
import { DayBars } from "./day-bars.tsx";
import { FreeTime } from "./free-time.tsx";
import { LargestDocuments } from "./largest-documents.tsx";
import { PricePanel } from "./price-panel.tsx";
import { costsQuery } from "./queries.ts";
import { periodOf } from "./search.ts";
import { SpendChart } from "./spend-chart.tsx";
import { Tiles } from "./tiles.tsx";
import { TimeChoice, timeWords } from "./time-choice.tsx";
import { microUsdWords } from "./words.ts";

const route = getRouteApi("/costs");

function Budget({ budget }: { budget: Costs["budget"] }) {
  const tone = { none: "text-ink-3", under: "text-ink-2", near: "text-warn", spent: "text-bad" };
  return (
    <p className={`text-[13px] ${tone[budget.state]}`}>
      <span className="font-medium">Budget: </span>
      {budget.sentence}
    </p>
  );
}

/** The same total by who says that it is paid. */
function Estimated({ sum }: { sum: Costs["sum"] }) {
  return (
    <p className="text-[13px] text-ink-2">
      {microUsdWords(sum.billedMicroUsd)} billed + {microUsdWords(sum.estimatedMicroUsd)} estimated
      ={` ${microUsdWords(sum.totalMicroUsd)}. ${estimatedRule}`}
    </p>
  );
}

function CostsView({ costs, scale }: { costs: Costs; scale: "spend" | undefined }) {
  const hasMoney = costs.charging === "charged" || costs.charging === "part";
  return (
    <div className="space-y-5">
      <p className="text-[13px] text-ink-2">{timeWords(costs)}</p>
      {costs.cut !== null && (
        <p role="status" className="rounded-md bg-warn-soft px-3 py-1.5 text-[13px] text-warn">
          {costs.cut.sentence}
        </p>
      )}
      <Tiles costs={costs} />
      <Budget budget={costs.budget} />
      {!hasMoney && <FreeTime costs={costs} />}
      <div className={`grid items-start gap-3 ${hasMoney ? "lg:grid-cols-2" : ""}`}>
        {hasMoney && <SpendChart costs={costs} scale={scale} />}
        {costs.charging !== "idle" && <DayBars costs={costs} />}
      </div>
      <Breakdown costs={costs} />
      {costs.sum.estimatedMicroUsd !== 0 && <Estimated sum={costs.sum} />}
      {hasMoney && <LargestDocuments costs={costs} />}
      {hasMoney && <FreeTime costs={costs} />}
      <PricePanel costs={costs} />
    </div>
  );
}

/** Are we under the server's price, and where does the money go? */
export function CostsPage() {
  useTitle("Costs");
  const search = route.useSearch();
  const ask = { ...periodOf(search, serverNowMs()), by: search.by ?? "pool" };
  const query = useQuery(costsQuery(ask));
  return (
    <div className="space-y-4">
      <h1 className="text-lg font-semibold tracking-tight">Costs</h1>
      <TimeChoice costs={query.data} ask={ask} />
      <AsyncPanel query={query} what="the costs" asked>
        {(costs) => <CostsView costs={costs} scale={search.scale} />}
      </AsyncPanel>
    </div>
  );
}
