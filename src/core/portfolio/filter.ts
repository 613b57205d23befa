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

/** What can be asked of each, and of which version of its deck it is; with an example. */
const documentOps: Readonly<Record<string, { ops: readonly FilterOp[]; example: string }>> = {
  "deck.name": { ops: ["contains", "is"], example: "aurora" },
  "deck.submitted": { ops: ["from", "to", "is"], example: "2026-05" },
  "deck.pages": { ops: ["from", "to", "is"], example: "20" },
  "deck.state": { ops: ["is", "contains"], example: "done" },
  "deck.version": { ops: ["is"], example: "newest" },
};

/** undefined: it is a field that decks have, and all of them can be asked. */
export const opsOfDocument = (path: string): readonly FilterOp[] | undefined =>
  documentOps[path]?.ops;

const numbered = ["number", "money", "ask"];
const day = /^\d{4}(-\d{2}){0,2}$/;

/**
 * What is wrong with asking this of a column, as a sentence with what to write; null: nothing.
 * @param type of the column
 */
export function filterFault(filter: FieldFilter, type: string): string | null {
  const { path, op, text, number, unit } = filter;
  const own = documentOps[path];
  if (own !== undefined && !own.ops.includes(op)) {
    const ways = own.ops.map((one) => `${path}:${one}`).join(" or ");
    return `${path} has no "${op}": write ${ways}, such as ${path}:${own.ops[0]}:${own.example}.`;
  }
  if (path === "deck.version" && text !== "newest") return "write deck.version:is:newest.";
  const isRange = op === "from" || op === "to";
  if (!isRange && !(own !== undefined && op === "is")) return null;
  if (type === "date")
    return day.test(text) ? null : "write a date as 2026, 2026-05 or 2026-05-04.";
  if (numbered.includes(type) && number === null) return "write a number.";
  if (!isRange) return null;
  if (!numbered.includes(type)) return "it has no numbers: write contains or is.";
  if (type !== "number" && unit === null) {
    return "name the currency, as in 2M EUR. Amounts of different currencies are not compared.";
  }
  return null;
}

export interface Sort {
  readonly path: string;
  readonly descending: boolean;
}

/** `path`, or `-path` for the largest first. */
export const readSort = (written: string): Sort => ({
  path: written.replace(/^-/, ""),
  descending: written.startsWith("-"),
});
