const controls = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * Text of a deck or a file name as one harmless line: no control characters (they could drive the
 * terminal), no marks that turn the reading direction, single blanks.
 */
export function oneLine(text: string): string {
  return text.replace(controls, " ").replace(/\s+/g, " ").trim();
}

/** The same for a line of a log, whose blanks are kept: they indent. */
export const logLine = (text: string): string => text.replace(controls, " ").trimEnd();

/** `1 slide`, `22 slides`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
