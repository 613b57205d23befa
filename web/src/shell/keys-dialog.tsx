import { type KeyboardEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { KeyCaps } from "../ui/key-caps.tsx";
import { chordOf } from "./key-match.ts";
import { changeKeySettings, keySettings } from "./key-settings.ts";
import {
  type KeyAction,
  type KeyGroup,
  keyGroups,
  shippedKeyGroups,
  useKeyLayers,
  useKeySettings,
} from "./keys.ts";

/** Each action once, where it is first named: a screen's own words come before those of the shell. */
function eachOnce(groups: readonly KeyGroup[]): KeyGroup[] {
  const named = new Set<string>();
  return groups.flatMap(({ group, actions }) => {
    const own = actions.filter(({ id }) => !named.has(id) && named.add(id));
    return own.length === 0 ? [] : [{ group, actions: own }];
  });
}

const namesOf = (groups: readonly KeyGroup[], keys: string, id: string): string | undefined =>
  groups.flatMap(({ actions }) => actions).find((other) => other.keys === keys && other.id !== id)
    ?.name;

/** With another key in place of `id`'s, or with its own again. */
function remap(id: string, keys: string | null): void {
  const settings = keySettings();
  const { [id]: _before, ...others } = settings.remapped;
  changeKeySettings({
    ...settings,
    remapped: keys === null ? others : { ...others, [id]: keys },
  });
}

/** Waits for the key to come; Escape and leaving the button keep what was. */
function Capture({ action, onEnd }: { action: KeyAction; onEnd: (said: string) => void }) {
  const take = (event: KeyboardEvent): void => {
    const chord = chordOf(event.nativeEvent);
    if (chord === null || chord === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const taken = namesOf(keyGroups(), chord, action.id);
    if (chord === "Escape") onEnd("");
    else if (taken !== undefined) onEnd(`${chord} already means: ${taken}.`);
    else {
      remap(action.id, chord);
      onEnd(`${action.name}: now ${chord}.`);
    }
  };
  return (
    <button
      type="button"
      ref={(button) => button?.focus()}
      onKeyDown={take}
      onBlur={() => onEnd("")}
      className="min-h-6 rounded border border-accent px-2 text-xs text-accent-ink"
    >
      Press the key (Esc keeps it)
    </button>
  );
}

function ActionRow({
  action,
  isRemapped,
  onSaid,
}: {
  action: KeyAction;
  isRemapped: boolean;
  onSaid: (words: string) => void;
}) {
  const [capturing, setCapturing] = useState(false);
  const end = (words: string): void => {
    setCapturing(false);
    if (words !== "") onSaid(words);
  };
  return (
    <tr>
      <th scope="row" className="py-1 pr-3 text-left font-normal text-ink-2">
        {action.name}
      </th>
      <td className="w-20 py-1 pr-3">
        <KeyCaps keys={action.keys} />
      </td>
      <td className="w-28 py-1 text-right whitespace-nowrap">
        {capturing ? (
          <Capture action={action} onEnd={end} />
        ) : (
          <button
            type="button"
            aria-label={`Change the key of: ${action.name}`}
            onClick={() => setCapturing(true)}
            className="min-h-6 px-1 text-xs text-accent-ink underline"
          >
            Change
          </button>
        )}
        {isRemapped && !capturing && (
          <button
            type="button"
            aria-label={`Reset the key of: ${action.name}`}
            onClick={() => remap(action.id, null)}
            className="ml-1 min-h-6 px-1 text-xs text-accent-ink underline"
          >
            Reset
          </button>
        )}
      </td>
    </tr>
  );
}

/** All keys that hold on this page, their switch, and other keys for those who want them. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  useKeyLayers();
  const settings = useKeySettings();
  const [said, setSaid] = useState("");
  const shipped = new Map(
    shippedKeyGroups().flatMap(({ actions }) => actions.map(({ id, keys }) => [id, keys] as const)),
  );
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <label className="flex min-h-6 items-start gap-2">
        <input
          type="checkbox"
          className="mt-1"
          checked={!settings.off}
          onChange={(event) => changeKeySettings({ ...settings, off: !event.target.checked })}
        />
        <span>
          Single keys
          <span className="block text-[13px] text-ink-2">
            They rest while you type. Off, only keys with Ctrl or Cmd hold.
          </span>
        </span>
      </label>
      <div className={settings.off ? "opacity-75" : ""}>
        {eachOnce(keyGroups()).map(({ group, actions }) => (
          <table key={group} className="mt-4 w-full text-[13px]">
            <caption className="pb-1 text-left font-semibold">{group}</caption>
            <thead className="sr-only">
              <tr>
                <th scope="col">What it does</th>
                <th scope="col">Keys</th>
                <th scope="col">Change</th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {actions.map((action) => (
                <ActionRow
                  key={action.id}
                  action={action}
                  isRemapped={shipped.get(action.id) !== action.keys}
                  onSaid={setSaid}
                />
              ))}
            </tbody>
          </table>
        ))}
      </div>
      <p role="status" className="mt-3 min-h-5 text-[13px] text-ink-2">
        {said}
      </p>
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={() => changeKeySettings({ ...settings, remapped: {} })}>
          Reset all keys
        </Button>
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
