import type { DocumentReviews, ReviewBody } from "../contract/reviews.ts";
import type { Call } from "./batch-api.ts";
import { checked } from "./checked.ts";

/** What people say of a document's results, and its file. Throws what the server answers. */
export interface ReviewApi {
  list(id: string, signal: AbortSignal): Promise<DocumentReviews>;
  add(id: string, body: ReviewBody, signal: AbortSignal): Promise<DocumentReviews>;
}

const contract = () => import("../contract/reviews.ts");

/** @param call asks below the caller's workspace */
export function reviewApi(call: Call): ReviewApi {
  const of = (id: string): string => `/documents/${encodeURIComponent(id)}/reviews`;
  return {
    list: async (id, signal) =>
      checked(await call(of(id), signal), (await contract()).documentReviews),
    add: async (id, body, signal) =>
      checked(
        await call(of(id), signal, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
        (await contract()).documentReviews,
      ),
  };
}
