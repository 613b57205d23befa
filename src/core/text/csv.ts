/** A cell of a table: numbers are written as they are. */
export type Cell = string | number | null;

/**
 * Rows as RFC 4180 text, with CRLF, the names of the columns first. A text that a spreadsheet would
 * take for a formula gets an apostrophe before it (OWASP, "CSV Injection"); everything else comes
 * back as it was.
 */
export function csvText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  // The full-width signs begin a formula too.
  const safe = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
