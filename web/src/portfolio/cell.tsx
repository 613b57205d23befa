import { Check, Flag, Pencil, TriangleAlert } from "lucide-react";
import type { PortfolioCell } from "../../../src/contract/portfolio.ts";
import { confidenceWords, deckDateWords, moneyWords } from "../lib/format.ts";
import { sectorWords } from "../lib/words.ts";

type Said = Readonly<Record<string, unknown>>;

/** A value as people read it; anything else as the API tells it. */
export function cellWords(
  type: string,
  { value, shown }: Pick<PortfolioCell, "value" | "shown">,
): string {
  const said = (typeof value === "object" && value !== null ? value : {}) as Said;
  if (type === "ask" || type === "money") {
    const sum = moneyWords(said.amount as number, String(said.currency ?? ""));
    return typeof said.round === "string" ? `${sum}, ${said.round}` : sum;
  }
  if (type === "healthcare") {
    if (said.is_healthcare !== true) return "No";
    return typeof said.sector === "string" ? sectorWords(said.sector) : "Yes";
  }
  if (type === "date" && typeof value === "string") return deckDateWords(value);
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return value.toLocaleString("en-US");
  return shown ?? "";
}

const reviewMarks = {
  verified: { icon: Check, words: "verified", tone: "text-good" },
  corrected: { icon: Pencil, words: "corrected", tone: "text-accent-ink" },
  flagged: { icon: Flag, words: "flagged", tone: "text-warn" },
} as const;

/** Below this a value wants to be looked at. */
const confidenceLow = 0.6;

/** One field of one deck: what it says, and how far that can be trusted. */
export function Cell({ type, cell }: { type: string; cell: PortfolioCell | undefined }) {
  if (cell === undefined) return <span className="text-ink-3">not read</span>;
  const mark = cell.review === null ? undefined : reviewMarks[cell.review];
  const isDoubtful =
    cell.review === null && cell.confidence !== null && cell.confidence < confidenceLow;
  return (
    <>
      {cell.value === null ? (
        <span className="text-ink-3">not found</span>
      ) : (
        <span className="line-clamp-3 break-words">{cellWords(type, cell)}</span>
      )}
      {mark !== undefined && (
        <span className={`flex items-center gap-1 text-xs ${mark.tone}`}>
          <mark.icon aria-hidden="true" className="size-3" /> {mark.words}
        </span>
      )}
      {cell.conflicts > 0 && (
        <span className="flex items-center gap-1 text-xs text-warn">
          <TriangleAlert aria-hidden="true" className="size-3" /> slides disagree
        </span>
      )}
      {isDoubtful && cell.value !== null && cell.confidence !== null && (
        <span className="block text-xs text-ink-3">{confidenceWords(cell.confidence)}</span>
      )}
    </>
  );
}
