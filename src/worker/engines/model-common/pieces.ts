/** Where a text may be split, best place first: paragraphs, lines, sentences, words. */
const places = [/\n\s*\n/, /\n/, /(?<=[.!?;。])\s+/, /\s+/];

/**
 * The text in order as the fewest pieces that fit, split at paragraphs; a paragraph that does not fit
 * is split at its lines, and so on down to words. A word that does not fit is handed back as it is:
 * nothing is ever cut. `fits` must hold for shorter texts when it holds for longer ones.
 */
export function piecesOf(text: string, fits: (text: string) => boolean): string[] {
  return split(text, fits, 0).filter((piece) => piece.trim() !== "");
}

function split(text: string, fits: (text: string) => boolean, level: number): string[] {
  const place = places[level];
  if (fits(text) || place === undefined) return [text];
  const joint = jointOf[level] ?? " ";
  const pieces: string[] = [];
  for (const part of text.split(place)) {
    const last = pieces.at(-1);
    const joined = last === undefined ? part : `${last}${joint}${part}`;
    if (last !== undefined && fits(joined)) pieces[pieces.length - 1] = joined;
    else pieces.push(...split(part, fits, level + 1));
  }
  return pieces;
}

const jointOf = ["\n\n", "\n", " ", " "];
