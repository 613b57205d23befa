import { csvText } from "../text/csv.ts";

interface CsvCell {
  readonly shown: string | null;
  readonly conflicts: number;
  readonly review: string | null;
}

/** Decks by fields, as the portfolio tells them. */
export interface CsvTable {
  readonly columns: readonly { readonly path: string; readonly title: string }[];
  readonly fields: readonly string[];
  readonly rows: readonly {
    readonly document: string;
    readonly name: string;
    readonly company: string | null;
    readonly version: { readonly number: number } | null;
    readonly fileRun: { readonly number: number } | null;
    readonly createdAt: string;
    readonly state: string;
    readonly pages: number;
    readonly cells: Readonly<Record<string, CsvCell>>;
  }[];
}

/** A field takes two columns: what it is, and how far that can be trusted. */
export function portfolioCsv({ columns, fields, rows }: CsvTable): string {
  const titles = fields.flatMap((path) => {
    const title = columns.find((one) => one.path === path)?.title ?? path;
    return [title, `${title} (status)`];
  });
  const own = ["Document", "File", "Deck", "Version", "Run of file", "Uploaded", "State", "Slides"];
  const head = [...own, ...titles];
  const lines = rows.map((row) => [
    ...[row.document, row.name, row.company, row.version?.number ?? 1],
    ...[row.fileRun?.number ?? 1, row.createdAt, row.state, row.pages],
    ...fields.flatMap((path) => {
      const cell = row.cells[path];
      return [cell?.shown ?? null, statusOf(cell)];
    }),
  ]);
  // Spreadsheets take a file without this mark for their own code page.
  return `\uFEFF${csvText(head, lines)}`;
}

function statusOf(cell: CsvCell | undefined): string {
  if (cell === undefined) return "not read";
  if (cell.review !== null) return cell.review;
  if (cell.conflicts > 0) return "in conflict";
  return cell.shown === null ? "not found" : "found";
}
