import { Link } from "@tanstack/react-router";
import { costWords } from "../../../src/core/cost/cost-words.ts";
import type { DocumentSummary } from "../api/types.ts";
import { durationWords } from "../lib/format.ts";
import { isActive } from "../ui/progress-bar.tsx";
import { useListedCost } from "./cost-query.ts";

/** What a document cost, leading to where it went. */
export function CostCell({ document }: { document: DocumentSummary }) {
  const { data, isError } = useListedCost(document);
  if (data === undefined || data === null) {
    const words = isError ? "Cost could not be read" : "Cost not read yet";
    return (
      <span className="text-ink-3" title={words}>
        <span aria-hidden="true">{isError ? "?" : "…"}</span>
        <span className="sr-only">{words}</span>
      </span>
    );
  }
  const { amount, note } = costWords(data, isActive(document.pipeline), durationWords);
  return (
    <Link
      to="/documents/$id"
      params={{ id: document.id }}
      search={{ tab: "cost" }}
      aria-label={`Cost of ${document.name}: ${amount}${note === "" ? "" : `, ${note}`}`}
      className="relative z-10 inline-block min-h-6 hover:underline"
    >
      <span className="whitespace-nowrap tabular-nums text-ink-2">{amount}</span>
      {note !== "" && (
        <span className="block text-xs text-ink-3 max-md:ml-1 max-md:inline">{note}</span>
      )}
    </Link>
  );
}
