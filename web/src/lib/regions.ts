import type { TextBlock } from "../api/types.ts";

const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/**
 * The blocks of a slide that a quote covers: those that contain it, else those whose own text lies
 * within it. Single short words are left out unless the quote is that word: "of" stands everywhere.
 */
export function regionsOf(quote: string, blocks: readonly TextBlock[]): readonly TextBlock[] {
  const wanted = plain(quote);
  if (wanted === "") return [];
  const texts = blocks.map((block) => ({ block, text: plain(block.text) }));
  const holders = texts.filter(({ text }) => ` ${text} `.includes(` ${wanted} `));
  if (holders.length > 0) return holders.map(({ block }) => block);
  return texts
    .filter(({ text }) => text.length > 3 && ` ${wanted} `.includes(` ${text} `))
    .map(({ block }) => block);
}
