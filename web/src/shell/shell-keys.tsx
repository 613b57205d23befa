import { useNavigate } from "@tanstack/react-router";
import { Keyboard, Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { addUploads } from "../documents/upload-store.ts";
import { togglePause } from "../live/live-store.ts";
import { chooseFiles } from "./choose-files.ts";
import { common, listenForKeys, useKeys } from "./keys.ts";
import { goToActions, goToSearch, moveRow, moveTab, toggleTable } from "./marks.ts";
import { pages } from "./pages.ts";

const KeysDialog = lazy(async () => ({
  default: (await import("./keys-dialog.tsx")).KeysDialog,
}));

const Palette = lazy(async () => ({ default: (await import("./palette.tsx")).Palette }));

/** Buttons for what keys open too: found by whoever does not know them. */
function Openers({ onOpen }: { onOpen: (what: "keys" | "palette") => void }) {
  const looks = "grid size-7 place-items-center rounded text-ink-2 hover:bg-sunken hover:text-ink";
  return (
    <span className="flex">
      <button
        type="button"
        aria-label="Go to, or do"
        aria-keyshortcuts="Control+K Meta+K"
        title="Go to, or do (Ctrl or Cmd and K)"
        onClick={() => onOpen("palette")}
        className={looks}
      >
        <Search aria-hidden="true" className="size-4" />
      </button>
      <button
        type="button"
        aria-label="Keyboard"
        title="Keyboard (?)"
        onClick={() => onOpen("keys")}
        className={`${looks} max-sm:hidden`}
      >
        <Keyboard aria-hidden="true" className="size-4" />
      </button>
    </span>
  );
}

/** Keys that hold on every page, and what they open. */
export function ShellKeys() {
  const navigate = useNavigate();
  const [open, setOpen] = useState<"keys" | "palette" | null>(null);
  useEffect(listenForKeys, []);
  const search = (): void => {
    if (!goToSearch()) void navigate({ to: "/" }).then(() => setTimeout(goToSearch));
  };
  const upload = (files: File[]): void => {
    addUploads(files);
    void navigate({ to: "/" });
  };
  useKeys(
    "On every page",
    [
      { id: "palette", keys: "mod+k", name: "Go to, or do", run: () => setOpen("palette") },
      { id: "help", keys: "?", name: "These keys", run: () => setOpen("keys") },
      { id: "upload", keys: "u", name: "Upload PDFs", run: () => chooseFiles(upload) },
      { ...common.search, run: search },
      { ...common.next, run: () => moveRow(1) },
      { ...common.previous, run: () => moveRow(-1) },
      { ...common.nextTab, run: () => moveTab(1) },
      { ...common.previousTab, run: () => moveTab(-1) },
      { ...common.actions, run: goToActions },
      { ...common.table, run: toggleTable },
      { id: "pause", keys: "p", name: "Pause updates, and let them go on", run: togglePause },
    ],
    "shell",
  );
  useKeys(
    "Pages",
    pages.map(({ to, name, key }) => ({
      id: `page.${name.toLowerCase()}`,
      keys: `g ${key}`,
      name,
      run: () => void navigate({ to }),
    })),
    "shell",
  );
  const close = (): void => setOpen(null);
  return (
    <>
      <Openers onOpen={setOpen} />
      <Suspense>
        {open === "keys" && <KeysDialog onClose={close} />}
        {open === "palette" && <Palette onClose={close} />}
      </Suspense>
    </>
  );
}
