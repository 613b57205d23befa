import type { ReactNode } from "react";
import { AsyncPanel, type AsyncQuery } from "../ui/async-panel.tsx";

/** A tab around its data, in each state that it can be in. */
export function Loaded<T>({
  query,
  children,
}: {
  query: AsyncQuery<T>;
  children: (data: T) => ReactNode;
}) {
  return (
    <AsyncPanel query={query} what="it">
      {children}
    </AsyncPanel>
  );
}
