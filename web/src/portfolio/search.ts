/** What the address of the portfolio says; the view is nothing else, so an address is a saved view. */
export interface PortfolioSearch {
  /** Paths with commas between; absent: the first few. */
  fields?: string;
  /** Each as the API has it: `path:op:value`. */
  filter?: readonly string[];
  sort?: string;
  q?: string;
  /** Slides one by one instead of decks. */
  view?: "slides";
}

const textOf = (value: unknown, max: number): string =>
  typeof value === "string" || typeof value === "number" ? String(value).slice(0, max) : "";

export const portfolioSearch = (raw: Record<string, unknown>): PortfolioSearch => {
  const given = Array.isArray(raw.filter) ? raw.filter : [raw.filter];
  const filter = given.map((one) => textOf(one, 500)).filter((one) => one !== "");
  const [fields, sort, q] = [textOf(raw.fields, 4000), textOf(raw.sort, 210), textOf(raw.q, 300)];
  return {
    ...(fields === "" ? {} : { fields }),
    ...(filter.length === 0 ? {} : { filter: filter.slice(0, 20) }),
    ...(sort === "" ? {} : { sort }),
    ...(q.trim() === "" ? {} : { q }),
    ...(raw.view === "slides" ? { view: "slides" as const } : {}),
  };
};

/** As the API reads it. */
export function portfolioParams({
  fields,
  filter = [],
  sort,
  q,
}: PortfolioSearch): URLSearchParams {
  const params = new URLSearchParams();
  if (fields !== undefined) params.set("fields", fields);
  for (const one of filter) params.append("filter", one);
  if (sort !== undefined) params.set("sort", sort);
  if (q !== undefined) params.set("q", q);
  return params;
}
