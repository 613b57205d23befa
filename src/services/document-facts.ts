import type { ServiceContext } from "./context.ts";
import { costOfDocument } from "./document-cost.ts";
import type { Documents } from "./documents.ts";
import { fleetTimelineOf, timelineOf } from "./timeline.ts";

/** What is known of a document's way through the fleet. All throw DOCUMENT_NOT_FOUND. */
export function createDocumentFacts(
  context: ServiceContext,
  documents: Pick<Documents, "find" | "durations">,
) {
  const { durations } = documents;
  return {
    timeline: async (workspace: string, id: string) =>
      timelineOf(context, durations, await documents.find(workspace, id)),
    fleetTimeline: (workspace: string, forMs: number) => fleetTimelineOf(context, workspace, forMs),
    cost: async (workspace: string, id: string) =>
      costOfDocument(context, await documents.find(workspace, id)),
  };
}
export type DocumentFacts = ReturnType<typeof createDocumentFacts>;
