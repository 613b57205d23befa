/** What a person asks of the portfolio, as it stands in addresses and on command lines. */

export const filterOps = [
  "contains",
  "is",
  "from",
  "to",
  "found",
  "missing",
  "conflict",
  "reviewed",
  "corrected",
  "flagged",
] as const;
export type FilterOp = (typeof filterOps)[number];

/** Those that compare with something. */
const valued: readonly FilterOp[] = ["contains", "is", "from", "to"];

export interface FieldFilter {
  readonly path: string;
  readonly op: FilterOp;
  /** Of `contains` and `is`, and of dates: what was written. */
  readonly text: string;
  /** Of `from` and `to`, where it is a number. */
  readonly number: number | null;
  /** Of an amount. Amounts of other currencies are neither above nor below it. */
  readonly unit: string | null;
}

/** `path:op` or `path:op:value`, such as `extractions.funding_amount:from:2M EUR`. A sentence: what is wrong with it. */
export function readFilter(written: string): FieldFilter | string {
  const [path = "", op = "", ...rest] = written.split(":");
  const text = rest.join(":").trim();
  const known = filterOps.find((one) => one === op);
  if (path === "" || known === undefined) {
    return `"${written}" is no filter: write field:${filterOps.join(" or field:")}.`;
  }
  if (valued.includes(known) && text === "") return `"${written}" says nothing to compare with.`;
  return { path, op: known, text, ...quantityOf(text) };
}

const quantity = /^(?<number>[\d.,]+)\s*(?<scale>k|m|b|bn)?\s*(?<unit>[a-z]{3})?$/iu;
const factors: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, bn: 1e9 };

/** `2500000`, `2.5M`, `2.5M EUR`, `EUR 2.5M`, `2,500,000`: points are decimals, commas part thousands. */
export function quantityOf(text: string): { number: number | null; unit: string | null } {
  const none = { number: null, unit: null };
  const turned = text.trim().replace(/^([a-z]{3})\s*([\d.,]+.*)$/iu, "$2 $1");
  const found = quantity.exec(turned)?.groups;
  if (found === undefined) return none;
  const number = Number((found.number ?? "").replaceAll(",", ""));
  if (!Number.isFinite(number)) return none;
  const factor = factors[(found.scale ?? "").toLowerCase()] ?? 1;
  return { number: number * factor, unit: found.unit?.toUpperCase() ?? null };
}

/** Of the document itself, and not of what it says. */
export const documentColumns = [
  { path: "deck.name", title: "Deck", type: "text" },
  { path: "deck.submitted", title: "Uploaded", type: "date" },
  { path: "deck.pages", title: "Slides", type: "number" },
  { path: "deck.state", title: "State", type: "choice" },
] as const;

export interface Sort {
  readonly path: string;
  readonly descending: boolean;
}

/** `path`, or `-path` for the largest first. */
export const readSort = (written: string): Sort => ({
  path: written.replace(/^-/, ""),
  descending: written.startsWith("-"),
});
