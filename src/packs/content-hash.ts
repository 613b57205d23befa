import { createHash } from "node:crypto";

/** JSON with the keys of every object sorted: equal values make equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** SHA-256 of the canonical form, in hex. */
export const contentHashOf = (value: unknown): string =>
  createHash("sha256").update(canonicalJson(value)).digest("hex");
