/**
 * The roles of a table said once more: as cards on a narrow screen its elements are blocks, and
 * browsers then take them for no table any more.
 */
export const tableRoles = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  columnHead: { role: "columnheader" },
  rowHead: { role: "rowheader" },
  cell: { role: "cell" },
  /** Stands for rows that are not drawn. */
  spacer: { "aria-hidden": true },
} as const;
