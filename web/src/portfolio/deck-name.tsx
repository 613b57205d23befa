import { Link } from "@tanstack/react-router";
import type { DeckVersion, FileRun } from "../../../src/contract/deck-version.ts";
import { VersionBadge } from "../ui/version-badge.tsx";

/** Whose deck it is, which version, and the file it came as. */
export function DeckName({
  deck,
}: {
  deck: {
    readonly document: string;
    readonly name: string;
    readonly company: string | null;
    readonly version: DeckVersion | null;
    readonly fileRun: FileRun | null;
  };
}) {
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2">
        <Link
          to="/documents/$id"
          params={{ id: deck.document }}
          className="inline-block min-h-6 min-w-0 py-0.5 font-medium break-words text-ink hover:underline"
        >
          {deck.company ?? deck.name}
        </Link>
        <VersionBadge of={deck} />
      </span>
      {deck.company !== null && (
        <span className="block text-xs font-normal break-all text-ink-3">{deck.name}</span>
      )}
    </>
  );
}
