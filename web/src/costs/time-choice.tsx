import { getRouteApi, Link } from "@tanstack/react-router";
import { Download, Printer } from "lucide-react";
import type { FormEvent } from "react";
import type { Costs } from "../../../src/contract/costs.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { type CostAsk, costsUrl } from "./queries.ts";
import { daysWords } from "./search.ts";

const route = getRouteApi("/costs");
const field = "min-h-8 rounded-md border border-line-strong bg-surface px-2 text-[13px]";

/** A chart's tables are closed; on paper they are what can be read. */
function printAll(): void {
  for (const one of document.querySelectorAll("details")) one.open = true;
  window.print();
}

/** This month, last month or any days; and the figures to take away. */
export function TimeChoice({ costs, ask }: { costs: Costs | undefined; ask: CostAsk }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const isCustom = search.from !== undefined || search.to !== undefined;
  const { from: _from, to: _to, time: _time, ...rest } = search;
  const choose = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from, to] = [String(form.get("from")), String(form.get("to"))];
    void navigate({ search: { ...rest, ...(from && { from }), ...(to && { to }) } });
  };
  const preset = (isOn: boolean): string => buttonClass(isOn ? "primary" : "plain");
  return (
    <div className="flex flex-wrap items-end gap-x-4 gap-y-2 print:hidden">
      <nav aria-label="Time" className="flex flex-wrap gap-2">
        <Link
          to="/costs"
          search={rest}
          aria-current={!isCustom && search.time === undefined ? "true" : undefined}
          className={preset(!isCustom && search.time === undefined)}
        >
          This month
        </Link>
        <Link
          to="/costs"
          search={{ ...rest, time: "last" }}
          aria-current={search.time === "last" ? "true" : undefined}
          className={preset(search.time === "last")}
        >
          Last month
        </Link>
      </nav>
      <form
        key={`${costs?.from} ${costs?.to}`}
        onSubmit={choose}
        className="flex flex-wrap items-end gap-2"
      >
        <label className="text-xs text-ink-3">
          <span className="block">From (UTC)</span>
          <input type="date" name="from" defaultValue={costs?.from ?? ""} className={field} />
        </label>
        <label className="text-xs text-ink-3">
          <span className="block">To, counted in</span>
          <input type="date" name="to" defaultValue={costs?.to ?? ""} className={field} />
        </label>
        <Button type="submit">Show</Button>
      </form>
      <div className="flex flex-wrap gap-2">
        <a href={costsUrl({ ...ask, format: "csv" })} download className={buttonClass()}>
          <Download aria-hidden="true" className="size-3.5" /> CSV
        </a>
        <a
          href={costsUrl({ ...ask, format: "json" })}
          download="costs.json"
          className={buttonClass()}
        >
          <Download aria-hidden="true" className="size-3.5" /> JSON
        </a>
        <Button onClick={printAll}>
          <Printer aria-hidden="true" className="size-3.5" /> Print
        </Button>
      </div>
    </div>
  );
}

export const timeWords = (costs: Costs): string =>
  `${daysWords(costs.from, costs.to)}, days in UTC${costs.isOpen ? ", still open" : ""}`;
