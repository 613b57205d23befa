import { hexOf } from "../lib/hex.ts";
import { base, getJson, noteRefusal, problemOfBody, unreachable } from "./client.ts";
import type { BatchAccepted, DocumentPlan, DocumentSummary, Problem } from "./types.ts";

export interface Accepted {
  readonly document: DocumentSummary;
  /** What it will take, as known when it was accepted. */
  readonly plan: DocumentPlan;
}

export type UploadAnswer =
  | ({ readonly ok: true } & Accepted)
  | { readonly ok: false; readonly problem: Problem };

/** Names one submission, so that sending it again makes nothing twice. Pages by plain HTTP have no `randomUUID`. */
export const submissionKey = (): string => hexOf(crypto.getRandomValues(new Uint8Array(16)));

/** A batch that uploads will join; answers its id. */
export async function createBatch(name: string, key: string): Promise<string> {
  const { batch } = await getJson<BatchAccepted>(`${base}/batches`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ name }),
  });
  return batch.id;
}

export interface UploadWishes {
  /** The same whenever this file is sent again: its answer may have been lost on the way. */
  readonly key: string;
  readonly batch: string | null;
  /** Opens a locked PDF. */
  readonly password: string | null;
}

/**
 * Sends one file. `fetch` cannot tell how much has gone up, so this is the older request object.
 * Aborting answers as if nothing had answered: the row is gone by then.
 */
export function uploadFile(
  file: File,
  { key, batch, password }: UploadWishes,
  onSent: (fraction: number) => void,
): { readonly answer: Promise<UploadAnswer>; abort(): void } {
  const request = new XMLHttpRequest();
  const answer = new Promise<UploadAnswer>((resolve) => {
    const lost = (): void => resolve({ ok: false, problem: unreachable });
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable && sent.total > 0) onSent(sent.loaded / sent.total);
    });
    request.addEventListener("load", () => resolve(answerOf(request)));
    request.addEventListener("error", lost);
    request.addEventListener("timeout", lost);
    request.addEventListener("abort", lost);
    const query = new URLSearchParams({ name: file.name });
    if (batch !== null) query.set("batch", batch);
    request.open("POST", `${base}/documents?${query}`);
    request.setRequestHeader("idempotency-key", key);
    const form = new FormData();
    // Before the file: the server reads a form in its order.
    if (password !== null) form.set("password", password);
    form.set("file", file);
    request.send(form);
  });
  return { answer, abort: () => request.abort() };
}

function answerOf(request: XMLHttpRequest): UploadAnswer {
  let body: unknown = null;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    // Not JSON: the status alone decides what is said.
  }
  const accepted = request.status >= 200 && request.status < 300;
  if (accepted && typeof body === "object" && body !== null && "document" in body) {
    return { ok: true, ...(body as Accepted) };
  }
  const problem = problemOfBody(body, request.status);
  noteRefusal(problem);
  // The file is at hand still: once somebody has signed in it can go up.
  return {
    ok: false,
    problem: { ...problem, retryable: problem.retryable || problem.status === 401 },
  };
}
