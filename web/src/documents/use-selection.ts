import { useRef, useState } from "react";
import type { DocumentSummary } from "../api/types.ts";
import type { Selection } from "./document-row.tsx";

/** More at once is the work of a batch. */
const selectedMax = 500;

/** Rows that were ticked. With Shift, all from the last one ticked to this one. */
export function useSelection(documents: readonly DocumentSummary[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const lastId = useRef<string | null>(null);
  const selection: Selection = {
    ids,
    toggle(document, through) {
      const isOn = !ids.has(document.id);
      const at = documents.findIndex(({ id }) => id === document.id);
      const from = through ? documents.findIndex(({ id }) => id === lastId.current) : -1;
      const range =
        from < 0 ? [document] : documents.slice(Math.min(from, at), Math.max(from, at) + 1);
      const next = new Set(ids);
      for (const { id } of range) {
        if (isOn) next.add(id);
        else next.delete(id);
      }
      lastId.current = document.id;
      setIds(new Set([...next].slice(0, selectedMax)));
    },
    all: (isOn) => setIds(new Set(isOn ? documents.slice(0, selectedMax).map(({ id }) => id) : [])),
  };
  return {
    selection,
    selected: documents.filter(({ id }) => ids.has(id)),
    clear: () => setIds(new Set()),
  };
}
