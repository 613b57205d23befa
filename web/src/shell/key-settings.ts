/** What a person has chosen about keys; kept in this browser. */
export interface KeySettings {
  /** Keys without Ctrl or Command do nothing (WCAG 2.1.4). */
  readonly off: boolean;
  /** By action id: other keys than the action comes with. */
  readonly remapped: Readonly<Record<string, string>>;
}

const storageKey = "pilotlight.keys";
const asShipped: KeySettings = { off: false, remapped: {} };

/** What is kept, read with suspicion: it may be of another version, or edited. */
export function settingsOf(text: string | null): KeySettings {
  if (text === null) return asShipped;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null) return asShipped;
    const off = "off" in kept && kept.off === true;
    const remapped = "remapped" in kept ? kept.remapped : null;
    if (typeof remapped !== "object" || remapped === null) return { off, remapped: {} };
    const pairs = Object.entries(remapped).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== "",
    );
    return { off, remapped: Object.fromEntries(pairs) };
  } catch {
    return asShipped;
  }
}

function load(): KeySettings {
  try {
    return settingsOf(localStorage.getItem(storageKey));
  } catch {
    return asShipped;
  }
}

let settings: KeySettings | null = null;
const listeners = new Set<() => void>();

export function keySettings(): KeySettings {
  settings ??= load();
  return settings;
}

export function changeKeySettings(next: KeySettings): void {
  settings = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // Storage may be forbidden; the choice then holds until the page is left.
  }
  for (const listener of listeners) listener();
}

export function onKeySettings(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
