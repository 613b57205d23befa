import type { BatchSummary } from "../api/types.ts";
import { Badge } from "./badge.tsx";

const toneOf = ({ status, counts }: BatchSummary) => {
  if (status.type === "running") return "accent" as const;
  if (status.type === "failed") return "bad" as const;
  if (status.type !== "done") return "plain" as const;
  return counts.done_with_gaps + counts.failed + counts.cancelled > 0
    ? ("warn" as const)
    : ("good" as const);
};

export function BatchBadge({ batch }: { batch: BatchSummary }) {
  return <Badge tone={toneOf(batch)}>{batch.status.name}</Badge>;
}
