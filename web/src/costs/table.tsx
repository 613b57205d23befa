import type { ReactNode } from "react";

export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ReactNode;
  /** Numbers stand on the right. */
  readonly isNumber?: boolean;
}

/** A real table; on a narrow screen it scrolls by itself, not the page. The first column names its row. */
export function DataTable<T>({
  caption,
  columns,
  rows,
  keyOf,
  foot,
}: {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  foot?: ReactNode;
}) {
  const align = (column: Column<T>): string =>
    column.isNumber === true ? "text-right tabular-nums" : "text-left";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className="overflow-x-auto" aria-label={caption} tabIndex={0}>
      <table className="w-full text-[13px]">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-ink-3">
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={`px-3 py-2 font-medium whitespace-nowrap ${align(column)}`}
              >
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th
                    key={column.name}
                    scope="row"
                    className="max-w-80 min-w-32 px-3 py-1.5 text-left font-medium break-words"
                  >
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.name} className={`px-3 py-1.5 ${align(column)}`}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {foot !== undefined && <tfoot className="border-t border-line-strong">{foot}</tfoot>}
      </table>
    </section>
  );
}

/** The same data as a chart beside it. */
export function TableTwin({ children }: { children: ReactNode }) {
  return (
    <details className="mt-2">
      <summary className="inline-block min-h-6 text-[13px] font-medium text-accent-ink">
        View as table
      </summary>
      <div className="mt-1 rounded-md border border-line">{children}</div>
    </details>
  );
}
