/** A change that was not sent yet: kept in the browser, so that a reload loses nothing. */
export interface Draft {
  /** Version it is made from. */
  readonly base: number;
  /** The newest version when it was begun. */
  readonly seen: number;
  /** Files that differ from the base, by path. */
  readonly edits: Readonly<Record<string, string>>;
  readonly note: string;
}

type Keeper = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const keyOf = (name: string): string => `pilotlight.pack-draft.${name}`;

/** What is kept may be of another release, or somebody's hand: what is not a draft is none. */
export function readDraft(keeper: Keeper, name: string): Draft | null {
  try {
    const value: unknown = JSON.parse(keeper.getItem(keyOf(name)) ?? "null");
    return isDraft(value) ? value : null;
  } catch {
    return null;
  }
}

/** @returns whether it is kept: storage may be full or forbidden */
export function keepDraft(keeper: Keeper, name: string, draft: Draft | null): boolean {
  try {
    if (draft === null) keeper.removeItem(keyOf(name));
    else keeper.setItem(keyOf(name), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const { base, seen, edits, note } = value as Partial<Record<keyof Draft, unknown>>;
  return (
    Number.isInteger(base) &&
    Number.isInteger(seen) &&
    typeof note === "string" &&
    typeof edits === "object" &&
    edits !== null &&
    Object.values(edits).every((text) => typeof text === "string")
  );
}

/** With this text in a file; the base's own text is no edit. null: nothing differs and nothing is noted. */
export function withEdit(
  draft: Draft,
  base: Readonly<Record<string, string>>,
  [path, text]: readonly [path: string, text: string],
): Draft | null {
  const { [path]: _, ...others } = draft.edits;
  const edits = text === base[path] ? others : { ...others, [path]: text };
  return Object.keys(edits).length === 0 && draft.note === "" ? null : { ...draft, edits };
}

export const filesWith = (
  base: Readonly<Record<string, string>>,
  draft: Draft | null,
): Record<string, string> => ({ ...base, ...draft?.edits });
