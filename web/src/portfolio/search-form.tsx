import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { buttonClass } from "../ui/button.tsx";
import type { PortfolioSearch } from "./search.ts";

/** Words on slides of any deck; asked for when the form is sent, so that nobody is shown half a word's hits. */
export function SearchForm({ q }: { q: string }) {
  const navigate = useNavigate({ from: "/portfolio" });
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  return (
    <search className="grow max-sm:w-full">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const words = typed.trim();
          void navigate({
            search: ({ q: _, view, ...rest }: PortfolioSearch) =>
              words === "" ? rest : { ...rest, q: words, ...(view === undefined ? {} : { view }) },
          });
        }}
        className="flex gap-2"
      >
        <label className="relative flex grow items-center sm:max-w-md">
          <span className="sr-only">Search the slides of all decks</span>
          <Search aria-hidden="true" className="absolute left-2.5 size-3.5 text-ink-3" />
          <input
            type="search"
            value={typed}
            maxLength={300}
            placeholder="Search the slides of all decks"
            onChange={({ target }) => setTyped(target.value)}
            className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8 text-[13px] placeholder:text-ink-3"
          />
        </label>
        <button type="submit" className={buttonClass()}>
          Search
        </button>
      </form>
    </search>
  );
}
