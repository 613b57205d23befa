import { describe, expect, it } from "vitest";
import { chordOf, isCharacterKey, type KeyPress, keyCaps, matchKey } from "./key-match.ts";
import { settingsOf } from "./key-settings.ts";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  ...held,
});

describe("chordOf", () => {
  it("tells a letter by Shift and not by Caps Lock", () => {
    expect(chordOf(press("J"))).toBe("j");
    expect(chordOf(press("J", { shiftKey: true }))).toBe("J");
    expect(chordOf(press("?", { shiftKey: true }))).toBe("?");
  });
  it("takes Ctrl and Command for the same", () => {
    expect(chordOf(press("k", { ctrlKey: true }))).toBe("mod+k");
    expect(chordOf(press("K", { metaKey: true }))).toBe("mod+k");
  });
  it("leaves Alt combinations, composed letters and bare modifiers alone", () => {
    expect(chordOf(press("j", { altKey: true }))).toBeNull();
    expect(chordOf(press("j", { isComposing: true }))).toBeNull();
    expect(chordOf(press("Shift", { shiftKey: true }))).toBeNull();
    expect(chordOf(press("Dead"))).toBeNull();
  });
});

describe("matchKey", () => {
  const bindings = [{ keys: "j" }, { keys: "g d" }, { keys: "g f" }, { keys: "d" }];
  it("waits for the second key of two", () => {
    expect(matchKey(bindings, "", "g")).toEqual({ found: null, pending: "g" });
    expect(matchKey(bindings, "g", "f").found?.keys).toBe("g f");
    expect(matchKey(bindings, "g", "d").found?.keys).toBe("g d");
  });
  it("takes a key that does not go on from the first for one of its own", () => {
    expect(matchKey(bindings, "g", "j").found?.keys).toBe("j");
    expect(matchKey(bindings, "g", "x")).toEqual({ found: null, pending: "" });
    expect(matchKey(bindings, "g", "g").pending).toBe("g");
  });
});

describe("keys in words", () => {
  it("draws one cap for each key", () => {
    expect(keyCaps("mod+k", true)).toEqual(["Cmd", "K"]);
    expect(keyCaps("g d", false)).toEqual(["g", "d"]);
    expect(keyCaps("Escape", false)).toEqual(["Esc"]);
  });
  it("knows which keys need a switch", () => {
    expect(isCharacterKey("g d")).toBe(true);
    expect(isCharacterKey("mod+k")).toBe(false);
  });
});

describe("settingsOf", () => {
  it("reads what is kept, and drops what it does not know", () => {
    const kept = JSON.stringify({ off: true, remapped: { search: "s", table: 3, help: "" } });
    expect(settingsOf(kept)).toEqual({ off: true, remapped: { search: "s" } });
  });
  it("is as shipped when what is kept cannot be read", () => {
    for (const text of [null, "", "[", "3", "null", '{"off":"yes"}']) {
      expect(settingsOf(text)).toEqual({ off: false, remapped: {} });
    }
  });
});
