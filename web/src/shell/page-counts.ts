import { useQuery } from "@tanstack/react-query";
import { failureCountQuery } from "../failures/queries.ts";

export interface PageCount {
  readonly count: number;
  /** What is counted, for those who only hear the number. */
  readonly words: string;
}

/** What waits for somebody, by the page that shows it. Nothing is said of what could not be asked. */
export function usePageCounts(): Readonly<Record<string, PageCount | undefined>> {
  const failures = useQuery(failureCountQuery);
  const open = failures.data?.open ?? 0;
  return open === 0 ? {} : { "/failures": { count: open, words: `${open} open` } };
}
