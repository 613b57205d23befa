import { Link, useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import type { Filter, ListSearch } from "../lib/search.ts";

const labels: readonly { filter: Filter; words: string }[] = [
  { filter: "all", words: "All" },
  { filter: "progress", words: "In progress" },
  { filter: "attention", words: "Needs attention" },
  { filter: "done", words: "Done" },
];

/** Pause in typing after which the address, and with it the list, follows. */
const typedMs = 250;

function SearchField({ q }: { q: string }) {
  const navigate = useNavigate({ from: "/" });
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  useEffect(() => {
    if (typed === q) return;
    const timer = window.setTimeout(() => {
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

/** Filter and search; both live in the address, so that a view can be sent to a colleague. */
export function ListControls({ filter, q }: { filter: Filter; q: string }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <nav aria-label="Filter" className="flex grow flex-wrap gap-1">
        {labels.map((label) => (
          <Link
            key={label.filter}
            to="/"
            search={{
              ...(label.filter === "all" ? {} : { filter: label.filter }),
              ...(q === "" ? {} : { q }),
            }}
            aria-current={label.filter === filter ? "true" : undefined}
            className={`min-h-7 rounded-md px-2.5 py-1 text-[13px] font-medium ${
              label.filter === filter
                ? "bg-accent-soft text-accent-ink"
                : "text-ink-2 hover:bg-sunken hover:text-ink"
            }`}
          >
            {label.words}
          </Link>
        ))}
      </nav>
      <SearchField q={q} />
    </div>
  );
}
