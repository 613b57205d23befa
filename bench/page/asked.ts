import type { Sql } from "../../src/db/connect.ts";
import type { Asked } from "./answers.ts";

const pageSize = 50;
const list = "/api/workspaces/-/documents";

/** Every filter, order and search of the page, and places far down. */
export async function whatIsAsked(sql: Sql, documents: number): Promise<readonly Asked[]> {
  const behind = Math.floor(documents * 0.9);
  const deep = async (sort: string): Promise<string> =>
    `sort=${sort}&cursor=${await cursorBehind(sql, sort, behind)}`;
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  const queries: readonly (readonly [string, string])[] = [
    ["all, needs attention first", "sort=attention"],
    ["newest first", "sort=-created"],
    ["in progress", "filter=progress"],
    ["needs attention", "filter=attention"],
    ["done", "filter=done"],
    ["two states", "state=failed,cancelled"],
    ["ended last", "sort=-finished"],
    ["by name", "sort=name"],
    ["of the last day", `since=${yesterday}`],
    ["a common word", "sort=attention&q=series"],
    ["a company", "sort=attention&q=company%20613"],
    ["a word in none", "sort=attention&q=nowhere"],
    ["a word in none, of the done", "filter=done&q=nowhere"],
    [`newest first, behind ${behind}`, await deep("-created")],
    [`attention, behind ${behind}`, await deep("attention")],
    [`by name, behind ${behind}`, await deep("name")],
    [`ended last, behind ${behind}`, await deep("-finished")],
    ["200 a page", "sort=attention&limit=200"],
  ];
  return queries.map(([name, query]) => ({
    name,
    path: `${list}?${query.includes("limit=") ? query : `${query}&limit=${pageSize}`}`,
  }));
}

/** As the page has it after so many rows, which would take minutes to turn. A wrong one is refused. */
async function cursorBehind(sql: Sql, sort: string, rows: number): Promise<string> {
  const cutoffMs = Date.now() - 86_400_000;
  const keys: Record<string, string> = {
    attention: `'other ${cutoffMs}'`,
    name: "lower(d.name)",
    "-finished": "(extract(epoch from p.finished_at) * 1000000)::int8::text",
  };
  const orders: Record<string, string> = {
    name: "lower(d.name), d.id",
    "-finished": "p.finished_at desc nulls first, d.id desc",
  };
  const [row] = await sql<{ id: number; key: string | null }[]>`
    select d.id, ${sql.unsafe(keys[sort] ?? "null")} as key from documents d join pipelines p on p.document_id = d.id where d.workspace = 'default' order by ${sql.unsafe(orders[sort] ?? "d.id desc")} offset ${rows} limit 1`;
  if (row === undefined) throw new Error(`There are no ${rows} documents.`);
  return sort === "-created"
    ? String(row.id)
    : Buffer.from(JSON.stringify([sort, row.id, row.key])).toString("base64url");
}
