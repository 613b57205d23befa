import { Clock, RefreshCw } from "lucide-react";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { problemOf } from "../api/client.ts";
import { agoWords } from "../lib/format.ts";
import { serverNowMs, toServerMs } from "../lib/now.ts";
import { loadingWords, retryInSeconds, retryMs, stalenessOf } from "../lib/staleness.ts";
import { useNow } from "../lib/use-now.ts";
import { heardAtMs, isLive } from "../live/live-store.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { ProblemNotice } from "./notice.tsx";
import { Empty, Panel, Skeleton } from "./panel.tsx";

/** What of a query (also an infinite one) is looked at here. */
export interface AsyncQuery<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isError: boolean;
  readonly isFetching: boolean;
  readonly dataUpdatedAt: number;
  readonly errorUpdatedAt: number;
  refetch(): unknown;
}

/** In the final size; after five seconds it says so, and for how long. */
function Loading({ what, children }: { what: string; children: ReactNode }) {
  const nowMs = useNow();
  const [sinceMs] = useState(serverNowMs);
  const words = loadingWords(sinceMs, nowMs);
  return (
    <div>
      {/* Spoken once; the seconds are for the eye. */}
      <p role="status" className="sr-only">
        Loading {what}
      </p>
      {words !== null && (
        <p aria-hidden="true" className="pb-2 text-[13px] text-ink-2">
          {words}
        </p>
      )}
      {children}
    </div>
  );
}

/** Tries again by itself while that may help. */
function useRetry<T>(query: AsyncQuery<T>): void {
  const { retryable } = problemOf(query.error);
  const { isFetching } = query;
  useEffect(() => {
    if (!retryable || isFetching) return;
    const timer = window.setTimeout(() => void query.refetch(), retryMs);
    return () => window.clearTimeout(timer);
    // A new failure starts a new wait, whatever else of the query changed.
  }, [retryable, isFetching, query.refetch]);
}

/** Says when the next try is, and lets it be made at once. */
function RetryLine<T>({ query }: { query: AsyncQuery<T> }) {
  const nowMs = useNow();
  useRetry(query);
  const { retryable } = problemOf(query.error);
  const { errorUpdatedAt, isFetching } = query;
  const retry = (): void => void query.refetch();
  const left = retryInSeconds(toServerMs(errorUpdatedAt), nowMs);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      {retryable && (
        <span className="tabular-nums">
          {isFetching || left === 0 ? "Trying again now." : `Trying again in ${left} s.`}
        </span>
      )}
      <Button onClick={retry} disabled={isFetching}>
        <RefreshCw aria-hidden="true" className="size-3.5" /> Retry now
      </Button>
    </span>
  );
}

/** Nothing could be loaded: sentence, next step, code, request id, and the next try. */
function LoadError<T>({ query }: { query: AsyncQuery<T> }) {
  return (
    <div className="space-y-2">
      <ProblemNotice problem={problemOf(query.error)} />
      {/* Beside the alert and not in it: a countdown is not to be spoken. */}
      <RetryLine query={query} />
    </div>
  );
}

/** The code of the failure that a panel around this one tells already; null: none. */
const ToldAround = createContext<string | null>(null);

/** Fails for the reason that stands above it: it goes on trying, and says nothing. */
function SilentRetry<T>({ query }: { query: AsyncQuery<T> }) {
  useRetry(query);
  return null;
}

/** Over the last good data, when it could not be renewed. */
function ErrorStrip<T>({ query }: { query: AsyncQuery<T> }) {
  const nowMs = useNow();
  const problem = problemOf(query.error);
  const age = agoWords(new Date(toServerMs(query.dataUpdatedAt)).toISOString(), nowMs);
  return (
    <div
      data-age="stale"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-warn-soft px-3 py-1.5 text-[13px] text-ink"
    >
      <span className="min-w-0 grow">
        <span role="status">Could not refresh: {problem.title}</span> This is as it was {age}.{" "}
        <span className="font-mono text-xs text-ink-2">
          {problem.code}
          {problem.requestId !== undefined && ` · request ${problem.requestId}`}
        </span>
        {problem.requestId !== undefined && (
          <CopyButton text={problem.requestId} what="the request id" />
        )}
      </span>
      <RetryLine query={query} />
    </div>
  );
}

/**
 * Of when the figures are, once that is worth saying. While the stream is live it vouches for them;
 * `asked` is for what no event renews: then only the answer's own age counts.
 */
function DataAge({ updatedAtMs, asked = false }: { updatedAtMs: number; asked?: boolean }) {
  const nowMs = useNow();
  const vouchedMs = asked || !isLive() ? updatedAtMs : Math.max(updatedAtMs, heardAtMs());
  const staleness = stalenessOf(nowMs - vouchedMs);
  if (staleness === "fresh") return null;
  const words = `as of ${agoWords(new Date(vouchedMs).toISOString(), nowMs)}`;
  if (staleness === "stale" && !asked) {
    return (
      <p
        data-age="stale"
        className="flex items-center gap-1.5 rounded-md bg-warn-soft px-3 py-1.5 text-[13px] text-warn"
      >
        <Clock aria-hidden="true" className="size-3.5 shrink-0" /> Not renewed since: {words}.
      </p>
    );
  }
  const tone = staleness === "aging" || asked ? "text-ink-3" : "text-warn";
  return (
    <p className={`flex items-center gap-1 text-xs ${tone}`}>
      <Clock aria-hidden="true" className="size-3.5 shrink-0" /> {words}
    </p>
  );
}

export interface EmptyWords {
  /** Why there is nothing: "No open failures." */
  readonly title: string;
  /** What would fill it, and one action. */
  readonly children?: ReactNode;
  /** Given where filters narrow: then nothing matches, which is another thing, and can be cleared. */
  readonly onClear?: (() => void) | undefined;
  /** What it says then, where something plainer can be said. */
  readonly filtered?: string | undefined;
  /** What filters could not look at yet. */
  readonly notes?: readonly string[] | undefined;
}

function EmptyPanel({
  title,
  children,
  onClear,
  filtered = "Nothing matches these filters.",
  notes = [],
}: EmptyWords) {
  return (
    <Panel>
      {onClear === undefined ? (
        <Empty title={title}>{children}</Empty>
      ) : (
        <Empty title={filtered}>
          {notes.map((note) => (
            <p key={note} role="status" className="mb-2">
              {note}
            </p>
          ))}
          <Button onClick={onClear}>Clear the filters</Button>
        </Empty>
      )}
    </Panel>
  );
}

/**
 * A part of a page around its data, in each state it can be in: loading (a skeleton after 150 ms, a word
 * after 5 s), failed, failed but with the last good data below, of some age, empty, empty by filters, there.
 */
export function AsyncPanel<T>({
  query,
  what,
  skeleton = <Skeleton className="h-64" />,
  asked = false,
  isEmpty,
  empty,
  children,
}: {
  query: AsyncQuery<T>;
  /** What is loaded, to go on from "Loading": "the failures". */
  what: string;
  /** Of final size. */
  skeleton?: ReactNode;
  /** No event renews it: its age is that of its answer. */
  asked?: boolean;
  isEmpty?: (data: T) => boolean;
  empty?: EmptyWords;
  children: (data: T) => ReactNode;
}) {
  const { data } = query;
  const around = useContext(ToldAround);
  const code = query.isError ? problemOf(query.error).code : null;
  if (data === undefined) {
    return query.isError ? <LoadError query={query} /> : <Loading what={what}>{skeleton}</Loading>;
  }
  return (
    // Old figures are dimmed, never hidden.
    <div className="space-y-3 has-[>[data-age=stale]]:*:last:saturate-50">
      {query.isError && code === around && <SilentRetry query={query} />}
      {query.isError && code !== around && <ErrorStrip query={query} />}
      {/* A panel around it tells its age as well. */}
      {!query.isError && around === null && (
        <DataAge updatedAtMs={toServerMs(query.dataUpdatedAt)} asked={asked} />
      )}
      <ToldAround value={code ?? around}>
        {empty !== undefined && isEmpty?.(data) === true ? (
          <EmptyPanel {...empty} />
        ) : (
          children(data)
        )}
      </ToldAround>
    </div>
  );
}
