/**
 * A field writes its words into the address a while after they were typed, and reads them from there.
 * @param sent what went into the address from the field and has not come back, in that order
 * @param words what the address has now
 * @returns what has still not come back; null: these words came from elsewhere, and the field takes them over
 */
export function stillSent(sent: readonly string[], words: string): readonly string[] | null {
  const at = sent.indexOf(words);
  return at < 0 ? null : sent.slice(at + 1);
}
