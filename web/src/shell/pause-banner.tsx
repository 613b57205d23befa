import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CirclePause } from "lucide-react";
import { pausesQuery } from "../fleet/queries.ts";
import { Ago } from "../ui/time.tsx";

/** On every page while a pool is paused: decks may wait because of it. */
export function PauseBanner() {
  const pools = useQuery(pausesQuery).data?.pools ?? [];
  if (pools.length === 0) return null;
  return (
    <div role="status" className="border-t border-line bg-warn-soft">
      {pools.map(({ pool, since, reason }) => (
        <p
          key={pool}
          className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-2 px-4 py-1 text-[13px] text-ink"
        >
          <CirclePause aria-hidden="true" className="size-4 shrink-0 text-warn" />
          <span className="min-w-0 break-words">
            No container of {pool} starts: it was paused <Ago at={since} />
            {reason === null ? ", nobody said why" : ` (${reason})`}.
          </span>
          <Link to="/fleet" className="inline-block min-h-6 font-medium text-accent-ink underline">
            To the fleet
          </Link>
        </p>
      ))}
    </div>
  );
}
