/** What makes two failures the same one: where, which code, and what was said without its particulars. */
export interface FailureMark {
  /** A task's name; `upload` or `fetch` before there is one. */
  readonly stage: string;
  readonly code: string;
  readonly detail: string | null;
}

/** Longest message that is looked at: the head of one tells its kind. */
const messageMax = 400;

/** In order: what stands in quotes and in paths goes before the numbers within it would. */
const particulars: readonly (readonly [pattern: RegExp, mark: string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, "<url>"],
  [
    /"[^"]*"|“[^”]*”|„[^“”]*[“”]|`[^`]*`|«[^»]*»|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu,
    "<quote>",
  ],
  [
    /(?<![\w<])(?:[a-z]:)?(?:[\\/][^\\/\s"'<>:,;]+){2,}[\\/]?|(?<![\w</])\.{0,2}\/[^\s"'<>:,;]+/gi,
    "<path>",
  ],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, "<id>"],
  [/\b[a-z]{1,3}_[A-Za-z0-9]{3,}\b/g, "<id>"],
  [/\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{8,}\b/gi, "<id>"],
  [/[-+]?\d+(?:[.,:]\d+)*/g, "<n>"],
  [/<n>(?:\s*[,;/]\s*<n>)+/g, "<n>"],
];

/** A quote whose end lies behind the head that is looked at. */
const cutQuote = /(?:["“„`«]|(?<![\p{L}\p{N}])')[^"“”„`«»]*$/u;

/**
 * A message without numbers, ids, paths, addresses and quoted words, so that "slide 7: 3 attempts" and
 * "slide 9: 2 attempts" are one. Normalising twice changes nothing.
 */
export function normaliseMessage(message: string): string {
  let text = message;
  // What one rule leaves may be what another looks for. Each round takes something out, so it ends.
  for (;;) {
    const next = withoutParticulars(text);
    if (next === text) return text;
    text = next;
  }
}

function withoutParticulars(message: string): string {
  let text = message.slice(0, messageMax);
  for (const [pattern, mark] of particulars) text = text.replace(pattern, mark);
  if (message.length > messageMax) text = text.replace(cutQuote, "<quote>");
  return text.replace(/\s+/g, " ").trim();
}

const prime = 0x100000001b3n;
const offset = 0xcbf29ce484222325n;

/** FNV-1a, 64 bits, over UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash64(text: string): bigint {
  let hash = offset;
  for (let at = 0; at < text.length; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * prime);
  }
  return hash;
}

/** `f_` and twelve hexadecimal digits: the same for the same kind of failure, in any process. */
export function fingerprintOf({ stage, code, detail }: FailureMark): string {
  const parts = [stage, code, normaliseMessage(detail ?? "")];
  return `f_${hash64(parts.join("\u0000")).toString(16).padStart(16, "0").slice(0, 12)}`;
}
