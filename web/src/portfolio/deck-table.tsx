import { useNavigate } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import type { PortfolioColumn, PortfolioRow } from "../../../src/contract/portfolio.ts";
import { Ago } from "../ui/time.tsx";
import { Cell } from "./cell.tsx";
import { DeckName } from "./deck-name.tsx";
import { Hit } from "./hit.tsx";
import type { PortfolioSearch } from "./search.ts";

interface Column {
  readonly path: string;
  readonly title: string;
  readonly type: string;
}

const numbered = ["number", "money", "ask"];

function SortHeader({ column, sort }: { column: Column; sort: string }) {
  const navigate = useNavigate({ from: "/portfolio" });
  const isUp = sort === column.path;
  const isDown = sort === `-${column.path}`;
  const Icon = isUp ? ArrowUp : isDown ? ArrowDown : ArrowUpDown;
  // Numbers and times are asked for by their largest, names by their first.
  const first =
    numbered.includes(column.type) || column.type === "date" ? `-${column.path}` : column.path;
  const next = isUp ? `-${column.path}` : isDown ? column.path : first;
  return (
    <th
      scope="col"
      aria-sort={isUp ? "ascending" : isDown ? "descending" : undefined}
      className="px-2 py-1 text-left align-bottom font-medium"
    >
      <button
        type="button"
        onClick={() =>
          void navigate({
            search: (search: PortfolioSearch) => ({ ...search, sort: next }),
            replace: true,
          })
        }
        className="inline-flex min-h-7 items-center gap-1 rounded px-1 text-left text-xs text-ink-2 hover:bg-sunken hover:text-ink"
      >
        {column.title}
        <Icon
          aria-hidden="true"
          className={`size-3 shrink-0 ${isUp || isDown ? "" : "text-ink-3"}`}
        />
        <span className="sr-only">sort</span>
      </button>
    </th>
  );
}

const stateWords: Readonly<Partial<Record<PortfolioRow["state"], string>>> = {
  active: "being read",
  fetching: "being fetched",
  done_with_gaps: "done with gaps",
  failed: "failed",
  cancelled: "cancelled",
};

const uploaded = { path: "deck.submitted", title: "Uploaded", type: "date" };

/** Decks by fields. Its own frame moves sideways, never the page. */
export function DeckTable({
  rows,
  columns,
  sort,
}: {
  rows: readonly PortfolioRow[];
  columns: readonly PortfolioColumn[];
  sort: string;
}) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what moves sideways has to be reached by keyboard
      tabIndex={0}
      aria-label="Decks by fields"
      className="overflow-x-auto max-sm:hidden"
    >
      <table className="w-full border-collapse text-[13px]">
        <caption className="sr-only">Decks with their fields as they stand after review</caption>
        <thead className="border-b border-line">
          <tr>
            <SortHeader column={{ path: "deck.name", title: "Deck", type: "text" }} sort={sort} />
            {columns.map((column) => (
              <SortHeader key={column.path} column={column} sort={sort} />
            ))}
            <SortHeader column={uploaded} sort={sort} />
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr key={row.document} className="align-top hover:bg-sunken/60">
              <th scope="row" className="max-w-80 min-w-44 px-3 py-2 text-left font-normal">
                <DeckName deck={row} />
                <State row={row} />
                {row.hit !== null && <Hit document={row.document} hit={row.hit} />}
              </th>
              {columns.map(({ path, type }) => (
                <td
                  key={path}
                  className={`max-w-72 px-3 py-2 ${numbered.includes(type) ? "tabular-nums" : ""}`}
                >
                  <Cell type={type} cell={row.cells[path]} />
                </td>
              ))}
              <td className="px-3 py-2 whitespace-nowrap text-ink-2">
                <Ago at={row.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const State = ({ row }: { row: PortfolioRow }) =>
  stateWords[row.state] === undefined ? null : (
    <span className="block text-xs font-normal text-ink-2">{stateWords[row.state]}</span>
  );

/** The same on a narrow screen, a card a deck. */
export function DeckCards({
  rows,
  columns,
}: {
  rows: readonly PortfolioRow[];
  columns: readonly PortfolioColumn[];
}) {
  return (
    <ul className="divide-y divide-line sm:hidden">
      {rows.map((row) => (
        <li key={row.document} className="px-4 py-3">
          <DeckName deck={row} />
          <State row={row} />
          {row.hit !== null && <Hit document={row.document} hit={row.hit} />}
          <dl className="mt-2 grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-x-3 gap-y-1.5 text-[13px]">
            {columns.map(({ path, title, type }) => (
              <div key={path} className="col-span-2 grid grid-cols-subgrid">
                <dt className="text-ink-2">{title}</dt>
                <dd className="min-w-0">
                  <Cell type={type} cell={row.cells[path]} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
