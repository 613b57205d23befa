/** Lower case without accents. */
export const plain = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();

/** Letters and digits alone: two spellings of one name fold to the same. */
export const folded = (text: string): string => plain(text).replace(/[^\p{L}\p{N}]/gu, "");
