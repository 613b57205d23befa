import { useMutation, useQueryClient } from "@tanstack/react-query";
import { documentUrl, postJson } from "../api/client.ts";
import { resultsQuery } from "../api/queries.ts";
import type { DocumentReviews, ReviewView } from "../api/types.ts";

export interface Sent {
  readonly path: string;
  readonly verdict: ReviewView["verdict"];
  /** Of a correction; null: the deck does not state it. */
  readonly value?: unknown;
  readonly note?: string | null;
}

const key = "pilotlight.reviewer";

/** Who reviews in this browser; "" until a name was given. */
export function reviewerName(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function saveReviewer(name: string): void {
  try {
    localStorage.setItem(key, name.trim());
  } catch {
    // A browser that keeps nothing: the name is asked for again.
  }
}

/** Sends what was said of a value, under the generation that is shown. */
export function useReview(document: string, generation: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (sent: Sent) => {
      const by = reviewerName();
      const body = { ...sent, generation, ...(by === "" ? {} : { by }) };
      return postJson<DocumentReviews>(`${documentUrl(document)}/reviews`, body);
    },
    onSettled: () => client.invalidateQueries({ queryKey: resultsQuery(document).queryKey }),
  });
}
