import type { ServiceContext } from "./context.ts";
import { costOfDocument } from "./document-cost.ts";
import type { DocumentPlans } from "./document-plans.ts";
import type { Documents } from "./documents.ts";
import { createListedCosts } from "./listed-costs.ts";
import { fleetTimelineOf, timelineOf } from "./timeline.ts";

/** What is known of a document's way through the fleet. All throw DOCUMENT_NOT_FOUND. */
export function createDocumentFacts(
  context: ServiceContext,
  documents: Pick<Documents, "find" | "durations">,
) {
  const { durations } = documents;
  const listed = createListedCosts(context);
  return {
    timeline: async (workspace: string, id: string) =>
      timelineOf(context, durations, await documents.find(workspace, id)),
    fleetTimeline: (workspace: string, forMs: number) => fleetTimelineOf(context, workspace, forMs),
    cost: async (workspace: string, id: string) =>
      costOfDocument(context, await documents.find(workspace, id)),
    /** By public ids; of those that the workspace has. */
    costs: (workspace: string, ids: readonly string[], plans: DocumentPlans) =>
      listed(workspace, ids, plans),
  };
}
export type DocumentFacts = ReturnType<typeof createDocumentFacts>;
