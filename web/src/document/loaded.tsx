import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LoadFailed, StaleStrip } from "../ui/notice.tsx";
import { Skeleton } from "../ui/panel.tsx";

/** The states of a panel around its data: skeleton, error, stale, there. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    if (query.isError) return <LoadFailed error={query.error} onRetry={retry} />;
    return (
      <div>
        <p className="sr-only" role="status">
          Loading
        </p>
        <Skeleton className="h-64" />
      </div>
    );
  }
  return (
    <div className="space-y-3">
      {query.isError && (
        <StaleStrip error={query.error} updatedAtMs={query.dataUpdatedAt} onRetry={retry} />
      )}
      {children(query.data)}
    </div>
  );
}
