import { useInfiniteQuery, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { problemOf } from "../api/client.ts";
import { documentQuery } from "../api/queries.ts";
import type { DocumentSummary } from "../api/types.ts";
import { isStill } from "../live/live-store.ts";
import { adopt, emptyOrder, type ListOrder, seeHead } from "./list-order.ts";
import { absentOf, type KnownRows, remember, shownRows } from "./list-rows.ts";
import { headQuery, type ListView, tailQuery } from "./queries.ts";

/** Pages behind the head that are asked for again once in a while; more would take too long. */
const renewedMax = 2;
const renewMs = 30_000;
/** Rows that left the list are looked at one by one; more than these stay as they were seen last. */
const lookedAtMax = 20;

interface Seen {
  readonly view: string;
  readonly headAtMs: number;
  readonly order: ListOrder;
  readonly known: KnownRows;
}

const nothingKnown: KnownRows = new Map();
const nothingSeen: Seen = { view: "", headAtMs: 0, order: emptyOrder, known: nothingKnown };

/**
 * A list as it is shown: rows in a steady order with their newest state, and what waits to be let in.
 * @param own documents of this browser's uploads: they come in at once
 */
export function useDocumentList(view: ListView, own: ReadonlySet<string>) {
  const client = useQueryClient();
  const head = useInfiniteQuery(headQuery(view));
  const firstPage = head.data?.pages[0];
  const tail = useInfiniteQuery(
    tailQuery(
      view,
      () => client.getQueryData(headQuery(view).queryKey)?.pages[0]?.nextCursor ?? null,
    ),
  );
  const [seen, setSeen] = useState(nothingSeen);
  const viewKey = JSON.stringify(view);
  const headRows = useMemo(() => firstPage?.documents ?? [], [firstPage]);
  const tailRows = useMemo(
    () => (tail.data?.pages ?? []).flatMap((page) => page.documents),
    [tail.data],
  );
  const headIds = headRows.map(({ id }) => id);
  // From here on all stands where the list has it: rows that were pushed off this page come with the rest.
  const letIn = (order: ListOrder): Pick<Seen, "order" | "known"> => ({
    order: adopt(order, headIds),
    known: remember(nothingKnown, headIds, headRows),
  });
  const isNew = seen.view !== viewKey || seen.headAtMs !== head.dataUpdatedAt;
  if (firstPage !== undefined && !head.isPlaceholderData && isNew) {
    const before = seen.view === viewKey ? seen : nothingSeen;
    const order = seeHead(before.order, headIds, firstPage.nextCursor === null);
    const next = order.fresh.some((id) => own.has(id))
      ? letIn(order)
      : { order, known: remember(before.known, order.ids, headRows) };
    setSeen({ view: viewKey, headAtMs: head.dataUpdatedAt, ...next });
  }
  const { order, known } = seen;
  const left = useLeft(
    useMemo(
      () => [...new Set([...order.gone, ...absentOf(known, headRows, tailRows)])],
      [order, known, headRows, tailRows],
    ),
  );
  const documents = useMemo(
    () => shownRows({ order, known, head: headRows, tail: tailRows, left }),
    [order, known, headRows, tailRows, left],
  );
  useRenewedTail(tail.data?.pages.length ?? 0, tail.refetch);
  const hasMore = tail.data === undefined ? firstPage?.nextCursor != null : tail.hasNextPage;
  return {
    head,
    documents,
    fresh: order.fresh.length,
    gone: order.gone.length,
    letIn: () => setSeen({ ...seen, ...letIn(order) }),
    hasMore,
    isLoadingMore: tail.isFetching,
    tailError: tail.error,
    more: () => {
      if (!tail.isFetching) void tail.fetchNextPage();
    },
  };
}

/** Rows that are shown though no answer has them any more, as they are now; null: deleted. */
function useLeft(gone: readonly string[]): ReadonlyMap<string, DocumentSummary | null> {
  return useQueries({
    queries: gone.slice(0, lookedAtMax).map((id) => documentQuery(id)),
    combine: (answers) =>
      new Map(
        answers.flatMap(({ data, error }, index): (readonly [string, DocumentSummary | null])[] => {
          const id = gone[index];
          if (id === undefined) return [];
          if (problemOf(error).code === "DOCUMENT_NOT_FOUND") return [[id, null]];
          return data === undefined ? [] : [[id, data]];
        }),
      ),
  });
}

function useRenewedTail(pages: number, renew: () => unknown): void {
  useEffect(() => {
    if (pages === 0 || pages > renewedMax) return;
    const timer = window.setInterval(() => {
      if (!isStill()) renew();
    }, renewMs);
    return () => window.clearInterval(timer);
  }, [pages, renew]);
}
