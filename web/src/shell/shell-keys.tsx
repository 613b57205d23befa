import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { common, listenForKeys, useKeys } from "./keys.ts";
import { goToActions, goToSearch, moveRow, moveTab, toggleTable } from "./marks.ts";
import { pages } from "./pages.ts";

const KeysDialog = lazy(async () => ({
  default: (await import("./keys-dialog.tsx")).KeysDialog,
}));

/** Keys that hold on every page, and what they open. */
export function ShellKeys() {
  const navigate = useNavigate();
  const [open, setOpen] = useState<"keys" | null>(null);
  useEffect(listenForKeys, []);
  const search = (): void => {
    if (!goToSearch()) void navigate({ to: "/" }).then(() => setTimeout(goToSearch));
  };
  useKeys(
    "On every page",
    [
      { id: "help", keys: "?", name: "These keys", run: () => setOpen("keys") },
      { ...common.search, run: search },
      { ...common.next, run: () => moveRow(1) },
      { ...common.previous, run: () => moveRow(-1) },
      { ...common.nextTab, run: () => moveTab(1) },
      { ...common.previousTab, run: () => moveTab(-1) },
      { ...common.actions, run: goToActions },
      { ...common.table, run: toggleTable },
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
  return <Suspense>{open === "keys" && <KeysDialog onClose={close} />}</Suspense>;
}
