/** Kinds of events, as a document's activity is filtered by. */
export const activityKinds = ["people", "failures", "work"] as const;
export type ActivityKind = (typeof activityKinds)[number];

export interface ActivitySearch {
  kind?: ActivityKind;
}

export const activitySearch = (raw: Record<string, unknown>): ActivitySearch => {
  const kind = activityKinds.find((known) => known === raw.kind);
  return kind === undefined ? {} : { kind };
};
