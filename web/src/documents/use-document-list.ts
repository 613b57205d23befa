import { useInfiniteQuery, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { problemOf } from "../api/client.ts";
import { documentQuery } from "../api/queries.ts";
import type { DocumentSummary } from "../api/types.ts";
import { adopt, emptyOrder, type ListOrder, seeHead } from "./list-order.ts";
import { headQuery, type ListView, tailQuery } from "./queries.ts";

/** Pages behind the head that are asked for again once in a while; more would take too long. */
const renewedMax = 2;
const renewMs = 30_000;
/** Rows that left the list are looked at one by one. */
const lookedAtMax = 20;

interface Seen {
  readonly view: string;
  readonly headAtMs: number;
  readonly order: ListOrder;
}

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
  const [seen, setSeen] = useState<Seen>({ view: "", headAtMs: 0, order: emptyOrder });
  const viewKey = JSON.stringify(view);
  const headIds = (firstPage?.documents ?? []).map(({ id }) => id);
  const isNew = seen.view !== viewKey || seen.headAtMs !== head.dataUpdatedAt;
  if (firstPage !== undefined && !head.isPlaceholderData && isNew) {
    const before = seen.view === viewKey ? seen.order : emptyOrder;
    const next = seeHead(before, headIds, firstPage.nextCursor === null);
    const order = next.fresh.some((id) => own.has(id)) ? adopt(next, headIds) : next;
    setSeen({ view: viewKey, headAtMs: head.dataUpdatedAt, order });
  }
  const left = useLeft(seen.order.gone);
  const documents = useMemo(() => {
    const tailRows = (tail.data?.pages ?? []).flatMap((page) => page.documents);
    const rows = new Map(
      [...tailRows, ...(firstPage?.documents ?? [])].map((row) => [row.id, row]),
    );
    for (const [id, row] of left) {
      if (row === null) rows.delete(id);
      else rows.set(id, row);
    }
    const hidden = new Set(seen.order.fresh);
    const ids = new Set([...seen.order.ids, ...tailRows.map(({ id }) => id)]);
    return [...ids].flatMap((id) => (hidden.has(id) ? [] : (rows.get(id) ?? [])));
  }, [tail.data, firstPage, seen.order, left]);
  useRenewedTail(tail.data?.pages.length ?? 0, tail.refetch);
  const hasMore = tail.data === undefined ? firstPage?.nextCursor != null : tail.hasNextPage;
  return {
    head,
    documents,
    fresh: seen.order.fresh.length,
    gone: seen.order.gone.length,
    letIn: () => setSeen({ ...seen, order: adopt(seen.order, headIds) }),
    hasMore,
    isLoadingMore: tail.isFetching,
    tailError: tail.error,
    more: () => {
      if (!tail.isFetching) void tail.fetchNextPage();
    },
  };
}

/** Rows that are shown and no longer in the list, as they are now; null: deleted. */
function useLeft(gone: readonly string[]): ReadonlyMap<string, DocumentSummary | null> {
  return useQueries({
    queries: gone.slice(0, lookedAtMax).map((id) => documentQuery(id)),
    combine: (answers) =>
      new Map(
        answers.flatMap(({ data, error }, index): (readonly [string, DocumentSummary | null])[] => {
          const id = gone[index];
          if (id === undefined) return [];
          if (data !== undefined) return [[id, data]];
          return problemOf(error).code === "DOCUMENT_NOT_FOUND" ? [[id, null]] : [];
        }),
      ),
  });
}

function useRenewedTail(pages: number, renew: () => unknown): void {
  useEffect(() => {
    if (pages === 0 || pages > renewedMax) return;
    const timer = window.setInterval(renew, renewMs);
    return () => window.clearInterval(timer);
  }, [pages, renew]);
}
