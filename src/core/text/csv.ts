/** A cell of a table: numbers are written as they are. */
export type Cell = string | number | null;

/**
 * Rows as RFC 4180 text, with CRLF, the names of the columns first. Words that a spreadsheet would
 * take for a formula get an apostrophe before them, for decks are written by strangers (OWASP, "CSV
 * Injection"); everything else comes back as it was.
 */
export function csvText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

/**
 * What begins a formula, full-width signs too, at the beginning of a cell, blanks before it or not. Where a spreadsheet
 * splits at semicolons or tabs, as Excel does in much of Europe, and so knows no quotes in mid-cell, the inside of a
 * cell begins cells of its own.
 */
const formula = /(^|[;\t\r\n])(?=[^\S\t\r\n]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  // A tab or a line break at the beginning is dropped by some, and what follows then stands first.
  const safe = cell.replace(formula, "$1'").replace(/^[\t\r]/, "'$&");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
