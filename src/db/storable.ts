/**
 * PostgreSQL's jsonb refuses NUL and lone surrogates, and both come out of real PDFs. They are
 * replaced by U+FFFD here, at the door, so that one odd glyph never costs a whole result.
 */
const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

export const storableText = (text: string): string => text.replace(unstorable, "\uFFFD");

/** The same JSON value with every string made storable. */
export function storable(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [storableText(key), storable(entry)]),
    );
  }
  return value;
}
