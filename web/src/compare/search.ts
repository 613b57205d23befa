/** Ids of two documents; `a` is the earlier one. */
export interface CompareSearch {
  a?: string;
  b?: string;
}

const idOf = (value: unknown): string =>
  typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : "";

export const compareSearch = (raw: Record<string, unknown>): CompareSearch => ({
  ...(idOf(raw.a) === "" ? {} : { a: idOf(raw.a) }),
  ...(idOf(raw.b) === "" ? {} : { b: idOf(raw.b) }),
});
