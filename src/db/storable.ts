/**
 * PostgreSQL's jsonb refuses NUL and lone surrogates, and both come out of real PDFs. They are
 * replaced by U+FFFD here, at the door, so that one odd glyph never costs a whole result.
 */
const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

export const storableText = (text: string): string => text.replace(unstorable, "\uFFFD");

/** How JSON writes what is unstorable; also a backslash before such letters, which costs a look only. */
const suspicious = /\\u(?:0000|d[89a-f])/;

/** The same JSON value with every string made storable. Throws RangeError when it is nested too deeply. */
export function storable(value: unknown): unknown {
  // Most are as they should be, and found to be so by the fastest code there is.
  return suspicious.test(JSON.stringify(value) ?? "") ? mended(value) : value;
}

function mended(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(mended);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [storableText(key), mended(entry)]),
    );
  }
  return value;
}
