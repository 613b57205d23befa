import { describe, expect, it } from "vitest";
import { type Draft, filesWith, keepDraft, readDraft, withEdit } from "./draft.ts";

function keeper(refuses = false) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (refuses) throw new Error("full");
      kept.set(key, value);
    },
    removeItem: (key: string) => void kept.delete(key),
  };
}

const base = { "pack.yaml": "name: a\n", "prompts/one.md": "Look.\n" };
const empty: Draft = { base: 2, seen: 3, edits: {}, note: "" };

describe("a draft", () => {
  it("is read again as it was kept, of its own pack alone", () => {
    const store = keeper();
    const draft = withEdit(empty, base, ["prompts/one.md", "Look twice.\n"]);
    expect(keepDraft(store, "decks", draft)).toBe(true);
    expect(readDraft(store, "decks")).toEqual(draft);
    expect(readDraft(store, "papers")).toBeNull();
    keepDraft(store, "decks", null);
    expect(readDraft(store, "decks")).toBeNull();
  });

  it("is none where what is kept is something else, and says when it cannot be kept", () => {
    const store = keeper();
    for (const wrong of [
      "{",
      "[]",
      '{"base":1}',
      '{"base":1,"seen":1,"note":"","edits":{"a":1}}',
    ]) {
      store.kept.set("pilotlight.pack-draft.decks", wrong);
      expect(readDraft(store, "decks")).toBeNull();
    }
    expect(keepDraft(keeper(true), "decks", empty)).toBe(false);
  });

  it("holds only what differs, and ends when nothing does", () => {
    const changed = withEdit(empty, base, ["prompts/one.md", "Look twice.\n"]);
    expect(filesWith(base, changed)).toEqual({ ...base, "prompts/one.md": "Look twice.\n" });
    expect(changed && withEdit(changed, base, ["prompts/one.md", "Look.\n"])).toBeNull();
    const noted = { ...empty, note: "why" };
    expect(withEdit(noted, base, ["prompts/one.md", "Look.\n"])).toEqual(noted);
  });
});
