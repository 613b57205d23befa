import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { chordOf, isCharacterKey, matchKey } from "./key-match.ts";
import { type KeySettings, keySettings, onKeySettings } from "./key-settings.ts";

/**
 * Keys of the page. A screen names its own with `useKeys`; they hold while it is shown, come before those of the
 * shell, are listed by `?`, and can be remapped or switched off by their `id`. Many screens need none of their own, because the
 * shell works by marks in the markup of `main`:
 *
 * | mark                | key        | what happens |
 * |---------------------|------------|--------------|
 * | `data-row`          | `j` `k`    | the next or previous one (or the first link or button in it) gets the focus |
 * | `data-tabs`         | `[` `]`    | the link or button beside the one that is `aria-current` or `aria-selected` |
 * | `data-key-actions`  | `.`        | it (or the first link or button in it) gets the focus; a `summary` opens |
 * | `data-key-table`    | `t`        | it is pressed: shows a chart as a table and back |
 * | `input[type=search]`| `/`        | it gets the focus |
 */
export interface KeyAction {
  /** By which it is remapped: the same action has the same one on every screen. */
  readonly id: string;
  /** As `chordOf` names them; two keys one after the other with a space between: `g d`. */
  readonly keys: string;
  /** What it does, for the list of keys: "Next slide". */
  readonly name: string;
  /** Held down, it goes on. */
  readonly repeats?: boolean;
  readonly run: () => void;
}

/** What means the same on every screen. `{ ...common.next, name: "Next slide", run }` */
export const common = {
  next: { id: "item.next", keys: "j", name: "Next row", repeats: true },
  previous: { id: "item.previous", keys: "k", name: "Previous row", repeats: true },
  nextTab: { id: "tab.next", keys: "]", name: "Next tab" },
  previousTab: { id: "tab.previous", keys: "[", name: "Previous tab" },
  actions: { id: "actions", keys: ".", name: "Actions of this page" },
  table: { id: "table", keys: "t", name: "Chart as a table, and back" },
  search: { id: "search", keys: "/", name: "Search" },
} as const;

interface Layer {
  readonly group: string;
  readonly ofShell: boolean;
  readonly actions: () => readonly KeyAction[];
}

/** Those of screens first, the newest before older ones; those of the shell last. */
let layers: readonly Layer[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Layer[]): void {
  layers = [...next.filter(({ ofShell }) => !ofShell), ...next.filter(({ ofShell }) => ofShell)];
  for (const listener of listeners) listener();
}

export interface KeyGroup {
  readonly group: string;
  readonly actions: readonly KeyAction[];
}

/** With the keys that a person has chosen. */
const chosen = (actions: readonly KeyAction[], { remapped }: KeySettings): KeyAction[] =>
  actions.map((action) => ({ ...action, keys: remapped[action.id] ?? action.keys }));

/** Keys that hold now, as they are remapped, by the screen they belong to. */
export const keyGroups = (): KeyGroup[] =>
  layers.map(({ group, actions }) => ({ group, actions: chosen(actions(), keySettings()) }));

/** Keys as they come, whatever has been chosen: for the settings. */
export const shippedKeyGroups = (): KeyGroup[] =>
  layers.map(({ group, actions }) => ({ group, actions: actions() }));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Renders again when a screen's keys come or go. */
export const useKeyLayers = (): readonly Layer[] => useSyncExternalStore(subscribe, () => layers);
export const useKeySettings = (): KeySettings => useSyncExternalStore(onKeySettings, keySettings);

/**
 * Keys that hold while this component is shown. Actions may be new on every render.
 * @param group what the list of keys calls them: the screen's name
 */
export function useKeys(group: string, actions: readonly KeyAction[], scope?: "shell"): void {
  const latest = useRef(actions);
  useLayoutEffect(() => {
    latest.current = actions;
  });
  const ofShell = scope === "shell";
  useEffect(() => {
    const layer: Layer = { group, ofShell, actions: () => latest.current };
    change([layer, ...layers]);
    return () => change(layers.filter((known) => known !== layer));
  }, [group, ofShell]);
}

/** Two keys one after the other must come within this. */
const sequenceMs = 1200;
const fields = "input, textarea, select, [contenteditable]:not([contenteditable=false])";
const typelessInputs = "input[type=checkbox], input[type=radio], input[type=range]";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches(fields) && !target.matches(typelessInputs);

/** Character keys rest in fields, under a dialog, and where they are switched off. */
const charactersRest = (target: EventTarget | null): boolean =>
  keySettings().off || isTyping(target) || document.querySelector("dialog[open]") !== null;

/**
 * The one listener, of the shell.
 * @returns a function that takes it away
 */
export function listenForKeys(): () => void {
  let pending = "";
  let timer: number | undefined;
  const press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const chord = chordOf(event);
    if (chord === null) return;
    const rest = charactersRest(event.target);
    const actions = keyGroups()
      .flatMap((group) => group.actions)
      .filter(({ keys }) => !rest || !isCharacterKey(keys));
    const match = matchKey(actions, pending, chord);
    window.clearTimeout(timer);
    pending = match.pending;
    if (pending !== "") timer = window.setTimeout(() => (pending = ""), sequenceMs);
    if (match.found === null) return;
    // Escape also belongs to whatever is open.
    if (chord !== "Escape") event.preventDefault();
    if (event.repeat && match.found.repeats !== true) return;
    match.found.run();
  };
  window.addEventListener("keydown", press);
  return () => {
    window.clearTimeout(timer);
    window.removeEventListener("keydown", press);
  };
}
