import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { DocumentSummary } from "../api/types.ts";
import type { ListSearch, Sort } from "../lib/search.ts";
import type { Selection } from "./document-row.tsx";
import { tableRoles } from "./table-roles.ts";

/** The address of the same list in another order. */
export type SortLink = (sort: Sort) => ListSearch;

const head = "px-3 py-2 text-left text-xs font-medium text-ink-2";

function SortHead({
  words,
  orders: [first, second],
  sort,
  sortLink,
  className = "",
}: {
  words: string;
  /** What a first press asks for, and what a second one does. */
  orders: readonly [Sort, Sort];
  sort: Sort | undefined;
  sortLink: SortLink | undefined;
  className?: string;
}) {
  const isSorted = sort === first || sort === second;
  const isDescending = sort?.startsWith("-") === true;
  const Arrow = isDescending ? ArrowDown : ArrowUp;
  const order = isDescending ? "descending" : "ascending";
  return (
    <th
      {...tableRoles.columnHead}
      scope="col"
      aria-sort={isSorted ? order : undefined}
      className={`${head} ${className}`}
    >
      {sortLink === undefined ? (
        words
      ) : (
        <Link
          to="/"
          search={sortLink(sort === first ? second : first)}
          className="inline-flex min-h-6 items-center gap-1 hover:text-ink hover:underline"
        >
          {words}
          {isSorted && <Arrow aria-hidden="true" className="size-3" />}
        </Link>
      )}
    </th>
  );
}

export function TableHeads({
  documents,
  selection,
  sort,
  sortLink,
}: {
  documents: readonly DocumentSummary[];
  selection: Selection | undefined;
  sort: Sort | undefined;
  sortLink: SortLink | undefined;
}) {
  const sorting = { sort, sortLink };
  return (
    <thead {...tableRoles.group} className="max-md:sr-only">
      <tr {...tableRoles.row} aria-rowindex={1}>
        {selection !== undefined && (
          <th {...tableRoles.columnHead} scope="col" className={`${head} w-10 pr-0`}>
            <input
              type="checkbox"
              aria-label="Select all that are loaded"
              checked={documents.length > 0 && documents.every(({ id }) => selection.ids.has(id))}
              onChange={({ target }) => selection.all(target.checked)}
              className="block size-6 accent-accent md:size-4"
            />
          </th>
        )}
        <SortHead
          words="Document"
          orders={["name", "-name"]}
          {...sorting}
          className="w-[26%] lg:w-[31%]"
        />
        <th {...tableRoles.columnHead} scope="col" className={head}>
          Progress
        </th>
        <th {...tableRoles.columnHead} scope="col" className={`${head} w-[14%] lg:w-[16%]`}>
          Findings
        </th>
        <th {...tableRoles.columnHead} scope="col" className={`${head} w-24 md:text-right lg:w-32`}>
          Cost
        </th>
        <SortHead
          words="Ended"
          orders={["-finished", "finished"]}
          {...sorting}
          className="w-28 md:text-right lg:w-40"
        />
      </tr>
    </thead>
  );
}
