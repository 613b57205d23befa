export interface PatchLine {
  readonly kind: "same" | "added" | "removed";
  /** Line number in the older file; null: it is not there. */
  readonly old: number | null;
  readonly young: number | null;
  readonly text: string;
}

/** Lines that stand together in a unified diff. */
export interface Hunk {
  readonly lines: readonly PatchLine[];
}

/** The stretches of a unified diff of one file, with line numbers on both sides. */
export function hunksOf(patch: string): Hunk[] {
  const hunks: { lines: PatchLine[] }[] = [];
  let [old, young] = [0, 0];
  for (const line of patch.split("\n")) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (head !== null) {
      [old, young] = [Number(head[1]), Number(head[2])];
      hunks.push({ lines: [] });
      continue;
    }
    const lines = hunks.at(-1)?.lines;
    const text = line.slice(1);
    if (lines === undefined) continue;
    if (line.startsWith("+")) lines.push({ kind: "added", old: null, young: young++, text });
    else if (line.startsWith("-")) lines.push({ kind: "removed", old: old++, young: null, text });
    else if (line.startsWith(" ")) lines.push({ kind: "same", old: old++, young: young++, text });
  }
  return hunks;
}

/** How many lines were added and removed. */
export function sizeOf(hunks: readonly Hunk[]): { added: number; removed: number } {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const count = (kind: PatchLine["kind"]): number =>
    lines.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}

/** Every version differs from every other by its own number, which says nothing. */
export function isNumberAlone(hunks: readonly Hunk[]): boolean {
  const changed = hunks.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== "same"));
  return changed.length > 0 && changed.every(({ text }) => /^version: \d+$/.test(text));
}
