/** What of a keyboard event decides which key it is. */
export type KeyPress = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing"
>;

/**
 * The name of a pressed key as bindings write it: `j`, `J` (with Shift), `?`, `Escape`, `mod+k` (Ctrl, or
 * Command on a Mac). null for what is no key of its own: Shift alone, Alt combinations, a composed letter.
 */
export function chordOf(press: KeyPress): string | null {
  const { key } = press;
  if (press.isComposing || press.altKey || key === "Dead") return null;
  if (key === "Shift" || key === "Control" || key === "Meta" || key === "Alt") return null;
  if (press.ctrlKey || press.metaKey) return `mod+${key.toLowerCase()}`;
  if (key === " ") return "Space";
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  if (!isLetter) return key;
  // Not the letter's own case: Caps Lock must not turn every binding off.
  return press.shiftKey ? key.toUpperCase() : key.toLowerCase();
}

/** Typed without Ctrl or Command: what WCAG 2.1.4 wants a switch for. */
export const isCharacterKey = (keys: string): boolean =>
  !keys.startsWith("mod+") && keys !== "Escape";

export interface Match<T> {
  /** The binding that is complete, if any. */
  readonly found: T | null;
  /** Begun and waiting for the next key: `g` of `g d`. */
  readonly pending: string;
}

/** What one more key makes of those pressed before. Of bindings with the same keys the first one counts. */
export function matchKey<T extends { readonly keys: string }>(
  bindings: readonly T[],
  pending: string,
  chord: string,
): Match<T> {
  const pressed = pending === "" ? chord : `${pending} ${chord}`;
  const found = bindings.find(({ keys }) => keys === pressed);
  if (found !== undefined) return { found, pending: "" };
  if (bindings.some(({ keys }) => keys.startsWith(`${pressed} `))) {
    return { found: null, pending: pressed };
  }
  return pending === "" ? { found: null, pending: "" } : matchKey(bindings, "", chord);
}

const shownKeys: Readonly<Record<string, string>> = {
  Escape: "Esc",
  ArrowUp: "Up",
  ArrowDown: "Down",
  ArrowLeft: "Left",
  ArrowRight: "Right",
};

/** `mod+k` -> ["Ctrl", "K"]; `g d` -> ["g", "d"]: one entry for each key cap to draw. */
export function keyCaps(keys: string, isMac: boolean): string[] {
  return keys.split(" ").flatMap((key) => {
    if (key.startsWith("mod+")) return [isMac ? "Cmd" : "Ctrl", key.slice(4).toUpperCase()];
    return [shownKeys[key] ?? key];
  });
}
