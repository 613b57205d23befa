import { documentUrl, postJson, problemOf } from "../api/client.ts";
import type { DocumentSummary, ReopenAnswer } from "../api/types.ts";

export type BulkKind = "retry" | "cancel";

/** What of a selection an action is for; the others are left as they are. */
export function affectedBy(
  kind: BulkKind,
  documents: readonly DocumentSummary[],
): readonly DocumentSummary[] {
  const open = ({ pipeline }: DocumentSummary): boolean =>
    pipeline.state === "active" || pipeline.state === "fetching";
  if (kind === "cancel") return documents.filter(open);
  const hasFailed = ({ pipeline }: DocumentSummary): boolean =>
    ["failed", "done_with_gaps", "cancelled"].includes(pipeline.state) ||
    pipeline.status.type === "failed";
  return documents.filter(hasFailed);
}

export interface Outcome {
  readonly document: DocumentSummary;
  /** null: it went well. */
  readonly refusal: string | null;
}

/** Requests at once: as many as leave the server room for others. */
const atOnce = 4;

/** Runs `act` for each, a few at a time; one that is refused does not keep the others. */
export async function forEach<T>(
  documents: readonly DocumentSummary[],
  act: (document: DocumentSummary) => Promise<T>,
  onDone: (outcome: Outcome, answer: T | undefined) => void,
): Promise<void> {
  const waiting = [...documents];
  const work = async (): Promise<void> => {
    for (let document = waiting.shift(); document !== undefined; document = waiting.shift()) {
      try {
        onDone({ document, refusal: null }, await act(document));
      } catch (error) {
        const { title, code } = problemOf(error);
        onDone({ document, refusal: `${title} (${code})` }, undefined);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

export const actOn = (kind: BulkKind, { id }: DocumentSummary): Promise<unknown> =>
  postJson(`${documentUrl(id)}/${kind}`, kind === "cancel" ? { by: "operator" } : undefined);

/** What a retry of each would keep and do again: the server's own dry runs. */
export async function dryRuns(
  documents: readonly DocumentSummary[],
): Promise<ReadonlyMap<string, ReopenAnswer>> {
  const plans = new Map<string, ReopenAnswer>();
  await forEach(
    documents,
    ({ id }) => postJson<ReopenAnswer>(`${documentUrl(id)}/retry`, { dryRun: true }),
    ({ document }, answer) => {
      if (answer !== undefined) plans.set(document.id, answer);
    },
  );
  return plans;
}
