/** One line of the palette. */
export interface Entry {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  /** Keys that do the same. */
  readonly keys?: string | undefined;
  readonly run: () => void;
}

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * Those that have every word of what was typed in their name or group, in any order; names that begin
 * with it come first within their group.
 */
export function matchingEntries(entries: readonly Entry[], typed: string): Entry[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  const begins = ({ name }: Entry): boolean => fold(name).startsWith(words.join(" "));
  const found = entries.filter(({ group, name }) => {
    const text = fold(`${group} ${name}`);
    return words.every((word) => text.includes(word));
  });
  const groups = [...new Set(found.map(({ group }) => group))];
  return groups.flatMap((group) => {
    const own = found.filter((entry) => entry.group === group);
    return [...own.filter(begins), ...own.filter((entry) => !begins(entry))];
  });
}
