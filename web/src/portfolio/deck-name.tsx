import { Link } from "@tanstack/react-router";
import type { DeckVersion } from "../../../src/contract/deck-version.ts";
import { Badge } from "../ui/badge.tsx";

/** `v2`, with how many there are for those who cannot see the rest. */
export function VersionBadge({ version }: { version: DeckVersion | null }) {
  if (version === null) return null;
  return (
    <Badge>
      <abbr
        title={`Version ${version.number} of ${version.of} of this deck`}
        className="no-underline"
      >
        v{version.number}
      </abbr>
    </Badge>
  );
}

/** Whose deck it is, which version, and the file it came as. */
export function DeckName({
  deck,
}: {
  deck: {
    readonly document: string;
    readonly name: string;
    readonly company: string | null;
    readonly version: DeckVersion | null;
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
        <VersionBadge version={deck.version} />
      </span>
      {deck.company !== null && (
        <span className="block text-xs font-normal break-all text-ink-3">{deck.name}</span>
      )}
    </>
  );
}
