import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { DocumentSummary } from "../api/types.ts";
import type { Sort } from "../lib/search.ts";
import { DocumentRow, type Selection } from "./document-row.tsx";
import { type SortLink, TableHeads } from "./table-heads.tsx";
import { tableRoles } from "./table-roles.ts";

/** From here on only the rows in sight are drawn. */
const drawnMax = 200;
/** Before they are measured. */
const rowPixels = { wide: 82, card: 176 };

/** Documents as a table, or as cards on a narrow screen. */
export function DocumentTable({
  documents,
  selection,
  sort,
  sortLink,
  caption,
  onNearEnd,
}: {
  documents: readonly DocumentSummary[];
  selection?: Selection;
  sort?: Sort;
  /** Absent: the order is not to be chosen. */
  sortLink?: SortLink;
  caption: string;
  /** The last rows come into sight. */
  onNearEnd?: () => void;
}) {
  const isLong = documents.length > drawnMax;
  const Body = isLong ? WindowedRows : AllRows;
  return (
    <table
      {...tableRoles.table}
      aria-rowcount={documents.length + 1}
      className="w-full table-fixed border-collapse max-md:block"
    >
      <caption className="sr-only">{caption}</caption>
      <TableHeads documents={documents} selection={selection} sort={sort} sortLink={sortLink} />
      <Body documents={documents} selection={selection} onNearEnd={onNearEnd} />
    </table>
  );
}

interface BodyProps {
  readonly documents: readonly DocumentSummary[];
  readonly selection: Selection | undefined;
  readonly onNearEnd: (() => void) | undefined;
}

function Rows({ children }: { children: ReactNode }) {
  return (
    <tbody {...tableRoles.group} className="max-md:block">
      {children}
    </tbody>
  );
}

function AllRows({ documents, selection }: BodyProps) {
  return (
    <Rows>
      {documents.map((document, index) => (
        <DocumentRow
          key={document.id}
          document={document}
          selection={selection}
          index={index + 2}
        />
      ))}
    </Rows>
  );
}

function WindowedRows({ documents, selection, onNearEnd }: BodyProps) {
  const before = useRef<HTMLTableRowElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  // Whatever stands above the table may grow or go: where it begins is looked at after each paint.
  useLayoutEffect(() => {
    const top = before.current?.getBoundingClientRect().top ?? 0;
    setScrollMargin(Math.round(top + window.scrollY));
  });
  const [rowPx] = useState(() => (window.innerWidth < 768 ? rowPixels.card : rowPixels.wide));
  // The same functions from paint to paint: new ones would have all rows measured anew.
  const estimateSize = useCallback(() => rowPx, [rowPx]);
  const getItemKey = useCallback((index: number) => documents[index]?.id ?? index, [documents]);
  const rows = useWindowVirtualizer({
    count: documents.length,
    estimateSize,
    getItemKey,
    overscan: 8,
    scrollMargin,
  });
  const shown = rows.getVirtualItems();
  const first = shown[0];
  const last = shown.at(-1);
  const isNearEnd = last !== undefined && last.index >= documents.length - 20;
  useEffect(() => {
    if (isNearEnd) onNearEnd?.();
  }, [isNearEnd, onNearEnd]);
  return (
    <Rows>
      <tr
        ref={before}
        {...tableRoles.spacer}
        style={{ height: (first?.start ?? 0) - scrollMargin }}
        className="max-md:block"
      />
      {shown.flatMap(({ index, key }) => {
        const document = documents[index];
        if (document === undefined) return [];
        return (
          <DocumentRow
            key={key}
            document={document}
            selection={selection}
            index={index + 2}
            measure={rows.measureElement}
          />
        );
      })}
      <tr
        {...tableRoles.spacer}
        style={{ height: rows.getTotalSize() - ((last?.end ?? 0) - scrollMargin) }}
        className="max-md:block"
      />
    </Rows>
  );
}
