import { folded, plain } from "../text/fold.ts";

/** By what two uploads are known to be versions of one deck. */

const legalForm =
  /[\s,]+(?:inc|incorporated|corp|corporation|llc|ltd|limited|gmbh(?:\s*&\s*co\.?\s*kg)?|ag|ug|kg|se|s\.?a\.?s?|sarl|s\.?l\.?u?|s\.?r\.?l|b\.?v|n\.?v|plc|pvt|pty|pte|oy|ab|a\/s|aps|lda|ltda)\.?$/u;

/** A company's name without case, accents, marks and legal form; null: too short to tell anything. */
export function companyKey(name: string | null): string | null {
  if (name === null) return null;
  let bare = plain(name).trim();
  for (let before = ""; before !== bare; ) {
    before = bare;
    bare = bare.replace(legalForm, "").trim();
  }
  const key = folded(bare);
  return [...key].length < 2 ? null : key;
}

/** Words of a file's name that tell what it is or which version, and not whose. */
const general = new Set(
  "a an and at by deck decks document final fund funding for general investor investors investment intro latest long master new of old one our pager pdf pitch pitchdeck pptx ppt presentation round sample seed series share short slides startup teaser template test the update updated upload version vf with draft copy kopie copia copie untitled file download export print public confidential en de fr es us eu january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec".split(
    " ",
  ),
);

/**
 * The words of a file's name that are left without its ending, marks of a version (`v2`, `(1)`), dates and words that
 * every deck has: `Aurora_Bio-Pitch Deck v3 (1).pdf` gives `aurora bio`. null: nothing is left.
 */
export function nameStem(name: string): string | null {
  const words = plain(name)
    .replace(/\.[a-z]{2,5}$/u, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && !general.has(word) && !isMark(word));
  const stem = words.join(" ");
  return [...stem].length < 3 ? null : stem;
}

/** `2`, `v2`, `rev3`, `q3`, `20261126`, `2026`; a single letter, as of `series b`. */
const isMark = (word: string): boolean => /^(?:v|rev|ver|q|h|r)?\d+$|^\p{L}$/u.test(word);
