import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useDeferredValue, useId, useState } from "react";
import { base, getJson } from "../api/client.ts";
import type { DocumentList } from "../api/types.ts";
import { useWorkspace } from "../session/session-store.ts";
import { pressSignOut } from "../session/sign-out.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { KeyCaps } from "../ui/key-caps.tsx";
import { keyGroups } from "./keys.ts";
import { type Entry, matchingEntries } from "./palette-entries.ts";
import { chooseTheme, themes } from "./theme-switch.tsx";

const documentsMax = 8;

/** Documents by name; not under the key of the lists, whose rows follow the stream. */
const documentsQuery = (q: string) => ({
  queryKey: ["palette", q],
  queryFn: ({ signal }: { signal: AbortSignal }) => {
    const params = new URLSearchParams({ limit: String(documentsMax), ...(q === "" ? {} : { q }) });
    return getJson<DocumentList>(`${base}/documents?${params}`, { signal });
  },
  placeholderData: keepPreviousData,
});

/** What can be done by keys can be done by name; each action once. */
function actionEntries(): Entry[] {
  const actions = keyGroups().flatMap(({ group, actions }) =>
    actions.map((action) => ({ ...action, group: group === "Pages" ? "Pages" : "Actions" })),
  );
  const named = new Set<string>();
  const keyed = actions.filter(({ id }) => id !== "palette" && !named.has(id) && named.add(id));
  const looks = themes.map(({ value, label }) => ({
    id: `theme.${value}`,
    group: "Actions",
    name: label,
    run: () => chooseTheme(value),
  }));
  return [...keyed, ...looks];
}

/** Documents found, in the order of the server, whatever word of theirs matched. */
function useEntries(typed: string): Entry[] {
  const navigate = useNavigate();
  const workspace = useWorkspace();
  const q = useDeferredValue(typed.trim());
  const { data } = useQuery(documentsQuery(q));
  const documents = (data?.documents ?? []).map((document) => ({
    id: document.id,
    group: "Documents",
    name: document.company === null ? document.name : `${document.name} (${document.company})`,
    run: () => void navigate({ to: "/documents/$id", params: { id: document.id } }),
  }));
  const leave = { id: "sign-out", group: "Actions", name: "Sign out", run: pressSignOut };
  const actions = [...actionEntries(), ...(workspace === null ? [] : [leave])];
  return [...matchingEntries(actions, typed), ...documents];
}

function Option({
  entry,
  id,
  isChosen,
  onChoose,
  onPoint,
}: {
  entry: Entry;
  id: string;
  isChosen: boolean;
  onChoose: () => void;
  onPoint: () => void;
}) {
  return (
    // The field has the keys; a pointer may press the line as well.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the chosen line
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      ref={(line) => {
        if (isChosen) line?.scrollIntoView({ block: "nearest" });
      }}
      onClick={onChoose}
      onPointerMove={onPoint}
      className={`flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 py-1 ${isChosen ? "bg-accent-soft text-accent-ink" : ""}`}
    >
      <span className="min-w-0 grow truncate">{entry.name}</span>
      {entry.keys !== undefined && <KeyCaps keys={entry.keys} />}
    </div>
  );
}

/** Pages, documents and actions by name: type, choose with the arrows, Enter. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const entries = useEntries(typed);
  const chosen = Math.min(at, entries.length - 1);
  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    onClose();
    // After the dialog has given the focus back.
    setTimeout(entry.run);
  };
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
  const press = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((chosen + step + entries.length) % Math.max(1, entries.length));
    }
    if (event.key === "Enter") choose(entries[chosen]);
  };
  return (
    <Dialog title="Go to, or do" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={chosen < 0 ? undefined : `${listId}-${chosen}`}
        aria-label="Page, document or action"
        placeholder="Page, document or action"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
        className="min-h-9 w-full rounded-md border border-line-strong bg-surface px-3"
      />
      <div
        id={listId}
        role="listbox"
        aria-label="What was found"
        className="mt-2 h-[min(24rem,60vh)] overflow-y-auto"
      >
        {entries.map((entry, index) => (
          <div key={`${entry.group} ${entry.id}`} role="presentation">
            {entry.group !== entries[index - 1]?.group && (
              <p role="presentation" className="px-2 pt-2 text-xs text-ink-3">
                {entry.group}
              </p>
            )}
            <Option
              entry={entry}
              id={`${listId}-${index}`}
              isChosen={index === chosen}
              onChoose={() => choose(entry)}
              onPoint={() => setAt(index)}
            />
          </div>
        ))}
      </div>
      <p role="status" className="sr-only">
        {entries.length === 0 ? "Nothing was found." : `${entries.length} found.`}
      </p>
      {entries.length === 0 && <p className="text-ink-2">Nothing was found.</p>}
    </Dialog>
  );
}
