import { useNavigate } from "@tanstack/react-router";
import { Columns3 } from "lucide-react";
import { useState } from "react";
import type { PortfolioColumn } from "../../../src/contract/portfolio.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import type { PortfolioSearch } from "./search.ts";

/** Which fields are columns; kept in the address. */
export function ColumnsMenu({
  columns,
  fields,
}: {
  columns: readonly PortfolioColumn[];
  fields: readonly string[];
}) {
  const navigate = useNavigate({ from: "/portfolio" });
  const [isOpen, setOpen] = useState(false);
  const set = (path: string, isShown: boolean): void => {
    const next = columns
      .map((column) => column.path)
      .filter((one) => (one === path ? isShown : fields.includes(one)));
    void navigate({
      search: (search: PortfolioSearch) => ({ ...search, fields: next.join(",") || " " }),
      replace: true,
    });
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Columns3 aria-hidden="true" className="size-3.5" /> Columns
      </Button>
      {isOpen && (
        <Dialog title="Columns" onClose={() => setOpen(false)}>
          <ul className="max-h-[60vh] space-y-0.5 overflow-y-auto">
            {columns.map(({ path, title, found, documents }) => (
              <li key={path}>
                <label className="flex min-h-8 items-center gap-2 rounded px-1 hover:bg-sunken">
                  <input
                    type="checkbox"
                    checked={fields.includes(path)}
                    onChange={({ target }) => set(path, target.checked)}
                    className="size-4 accent-accent"
                  />
                  <span className="grow">{title}</span>
                  <span className="text-xs text-ink-3">
                    found in {found} of {documents}
                  </span>
                </label>
              </li>
            ))}
          </ul>
          <div className="mt-3 text-right">
            <Button kind="primary" onClick={() => setOpen(false)}>
              Done
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
