import type { Asked } from "./answers.ts";

const pageSize = 50;
const list = "/api/workspaces/-/documents";

/** Every filter, order and search of the page, and places far down. */
export async function whatIsAsked(url: string, documents: number): Promise<readonly Asked[]> {
  const deepPages = Math.floor((documents * 0.9) / 200);
  const deep = async (sort: string): Promise<string> => {
    const cursor = await walk(url, sort, deepPages);
    return `sort=${sort}&cursor=${encodeURIComponent(cursor)}`;
  };
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
    [`newest first, behind ${deepPages * 200}`, await deep("-created")],
    [`attention, behind ${deepPages * 200}`, await deep("attention")],
    [`by name, behind ${deepPages * 200}`, await deep("name")],
    [`ended last, behind ${deepPages * 200}`, await deep("-finished")],
    ["200 a page", "sort=attention&limit=200"],
  ];
  return queries.map(([name, query]) => ({
    name,
    path: `${list}?${query.includes("limit=") ? query : `${query}&limit=${pageSize}`}`,
  }));
}

async function walk(url: string, sort: string, pages: number): Promise<string> {
  let cursor = "";
  for (let page = 0; page < pages; page += 1) {
    const place = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(`${url}${list}?limit=200&sort=${sort}${place}`);
    const { nextCursor } = (await answer.json()) as { nextCursor: string | null };
    if (nextCursor === null) throw new Error(`The list by ${sort} ends after page ${page + 1}.`);
    cursor = nextCursor;
  }
  return cursor;
}
