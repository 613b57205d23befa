import { Link } from "@tanstack/react-router";
import type { BatchDetail } from "../api/types.ts";
import { Panel } from "../ui/panel.tsx";

/** The first documents that failed: why, and what to do. */
export function BatchFailures({ failures }: { failures: BatchDetail["failures"] }) {
  if (failures.length === 0) return null;
  return (
    <section aria-label="First failures">
      <h2 className="mb-2 font-semibold">First failures</h2>
      <Panel>
        <ul className="divide-y divide-line">
          {failures.map(({ document, name, failure }) => (
            <li key={document} className="px-4 py-2.5">
              <Link
                to="/documents/$id"
                params={{ id: document }}
                className="font-medium break-words hover:underline"
              >
                {name}
              </Link>
              <p className="text-[13px] break-words text-ink-2">
                <span className="text-bad">{failure.title}</span> {failure.detail} {failure.next}{" "}
                <span className="font-mono text-xs text-ink-3">{failure.code}</span>
              </p>
            </li>
          ))}
        </ul>
      </Panel>
    </section>
  );
}
