import { Link, useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import type { Filter, ListSearch, Sort } from "../lib/search.ts";
import type { ListView } from "./queries.ts";
import { stillSent } from "./typed-words.ts";

const labels: readonly { filter: Filter; words: string }[] = [
  { filter: "all", words: "All" },
  { filter: "progress", words: "In progress" },
  { filter: "attention", words: "Needs attention" },
  { filter: "done", words: "Done" },
];

const orders: readonly { sort: Sort; words: string }[] = [
  { sort: "attention", words: "Needs attention first" },
  { sort: "-created", words: "Newest first" },
  { sort: "created", words: "Oldest first" },
  { sort: "-finished", words: "Ended last" },
  { sort: "finished", words: "Ended first" },
  { sort: "name", words: "Name, A to Z" },
  { sort: "-name", words: "Name, Z to A" },
];

/** Where a list is narrowed to what needs attention, or to what does not, that is no order any more. */
export const defaultSort = (filter: Filter): Sort => (filter === "all" ? "attention" : "-created");

/** An address says only what differs from what is shown without it. */
export const searchOf = ({ filter, q, sort }: ListView): ListSearch => ({
  ...(filter === "all" ? {} : { filter }),
  ...(q === "" ? {} : { q }),
  ...(sort === defaultSort(filter) ? {} : { sort }),
});

/** Pause in typing after which the address, and with it the list, follows. */
const typedMs = 250;

function SearchField({ q }: { q: string }) {
  const navigate = useNavigate({ from: "/" });
  const [typed, setTyped] = useState(q);
  const sent = useRef<readonly string[]>([]);
  // Somebody may type on while the address follows.
  useEffect(() => {
    const left = stillSent(sent.current, q);
    sent.current = left ?? [];
    if (left === null) setTyped(q);
  }, [q]);
  useEffect(() => {
    if (typed === q) return;
    const timer = window.setTimeout(() => {
      sent.current = [...sent.current, typed];
      void navigate({
        search: ({ q: _, ...rest }: ListSearch) => (typed === "" ? rest : { ...rest, q: typed }),
        replace: true,
      });
    }, typedMs);
    return () => window.clearTimeout(timer);
  }, [typed, q, navigate]);
  return (
    <label className="relative flex items-center max-sm:w-full">
      <span className="sr-only">Search by name or company</span>
      <Search aria-hidden="true" className="absolute left-2.5 size-3.5 text-ink-3" />
      <input
        type="search"
        value={typed}
        placeholder="Search"
        maxLength={200}
        onChange={({ target }) => setTyped(target.value)}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8 text-[13px] placeholder:text-ink-3 sm:w-52"
      />
    </label>
  );
}

function OrderField({ view }: { view: ListView }) {
  const navigate = useNavigate({ from: "/" });
  const id = useId();
  return (
    <div className="flex items-center max-sm:w-full">
      <label htmlFor={id} className="sr-only">
        Order
      </label>
      <select
        id={id}
        value={view.sort}
        onChange={({ target }) =>
          void navigate({
            search: searchOf({ ...view, sort: target.value as Sort }),
            replace: true,
          })
        }
        className="h-8 rounded-md border border-line-strong bg-surface px-2 text-[13px] max-sm:w-full"
      >
        {orders
          .filter(({ sort }) => view.filter === "all" || sort !== "attention")
          .map(({ sort, words }) => (
            <option key={sort} value={sort}>
              {words}
            </option>
          ))}
      </select>
    </div>
  );
}

/** Filter, order and search; all live in the address, so that a view can be sent to a colleague. */
export function ListControls({ view }: { view: ListView }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <nav aria-label="Filter" className="flex grow flex-wrap gap-1 max-sm:gap-0">
        {labels.map(({ filter, words }) => (
          <Link
            key={filter}
            to="/"
            search={searchOf({
              ...view,
              filter,
              // An order that was not chosen is not kept.
              sort: view.sort === defaultSort(view.filter) ? defaultSort(filter) : view.sort,
            })}
            aria-current={filter === view.filter ? "true" : undefined}
            className={`min-h-7 rounded-md px-2.5 py-1 max-sm:px-1.5 text-[13px] font-medium ${
              filter === view.filter
                ? "bg-accent-soft text-accent-ink"
                : "text-ink-2 hover:bg-sunken hover:text-ink"
            }`}
          >
            {words}
          </Link>
        ))}
      </nav>
      <OrderField view={view} />
      <SearchField q={view.q} />
    </div>
  );
}
