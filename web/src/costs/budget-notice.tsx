import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { budgetQuery } from "./queries.ts";

/** Said on other pages once the month's budget is nearly or wholly spent; otherwise nothing. */
export function BudgetNotice() {
  const { data } = useQuery(budgetQuery);
  if (data === undefined || data.state === "none" || data.state === "under") return null;
  const tone = data.state === "spent" ? "bg-bad-soft text-bad" : "bg-warn-soft text-warn";
  return (
    <p
      role="status"
      className={`flex flex-wrap items-center gap-x-2 rounded-md px-3 py-1.5 text-[13px] ${tone}`}
    >
      <TriangleAlert aria-hidden="true" className="size-4 shrink-0" />
      <span className="grow">{data.sentence}</span>
      <Link to="/costs" className="min-h-6 font-medium underline">
        See the costs
      </Link>
    </p>
  );
}
