import type { PipelineSummary } from "../api/types.ts";
import { Badge } from "./badge.tsx";

const toneOf = (pipeline: PipelineSummary) => {
  if (pipeline.state === "done_with_gaps") return "warn" as const;
  switch (pipeline.status.type) {
    case "done":
      return "good" as const;
    case "failed":
      return "bad" as const;
    case "running":
      return "accent" as const;
    default:
      return "plain" as const;
  }
};

export function StateBadge({ pipeline }: { pipeline: PipelineSummary }) {
  return <Badge tone={toneOf(pipeline)}>{pipeline.status.name}</Badge>;
}
