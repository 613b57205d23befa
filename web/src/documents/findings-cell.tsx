import { Link } from "@tanstack/react-router";
import type { DocumentSummary } from "../api/types.ts";
import { type Severity, severityTone } from "../lib/severity.ts";
import { Badge } from "../ui/badge.tsx";
import { isActive } from "../ui/progress-bar.tsx";

/** What there is to mend, worst first; praise is not to be mended. */
const mended: readonly Severity[] = ["critical", "major", "minor", "note"];

/** Findings of a deck by severity, leading to its slides. */
export function FindingsCell({ document }: { document: DocumentSummary }) {
  const { findings } = document;
  if (findings === null) {
    return (
      <span className="text-[13px] text-ink-3">
        {isActive(document.pipeline) ? "Not reviewed yet" : "No review"}
      </span>
    );
  }
  const counts = mended.flatMap((severity) =>
    findings[severity] > 0 ? [{ severity, n: findings[severity] }] : [],
  );
  return (
    <Link
      to="/documents/$id"
      params={{ id: document.id }}
      search={{ tab: "slides" }}
      aria-label={`Findings of ${document.name}: ${counts.map(({ severity, n }) => `${n} ${severity}`).join(", ") || "none"}`}
      className="relative z-10 inline-flex min-h-6 flex-wrap items-center gap-1 hover:underline"
    >
      {counts.length === 0 && <span className="text-[13px] text-ink-2">None</span>}
      {counts.map(({ severity, n }) => (
        <Badge key={severity} tone={severityTone[severity]}>
          <span className="tabular-nums">{n}</span> {severity}
        </Badge>
      ))}
    </Link>
  );
}
