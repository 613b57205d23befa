import type { DecisionView } from "../api/types.ts";
import { clockWords, momentWords } from "../lib/format.ts";
import { Badge } from "../ui/badge.tsx";
import { Empty } from "../ui/panel.tsx";

const actions = {
  start: ["accent", "Start"],
  stop: ["plain", "Stop"],
  hold: ["plain", "Hold"],
} as const;

/** The stored sentences, newest first, never told anew from today's settings. */
export function DecisionList({ decisions }: { decisions: readonly DecisionView[] }) {
  if (decisions.length === 0) return <Empty title="Nothing has been decided yet." />;
  return (
    <ol className="divide-y divide-line">
      {[...decisions]
        .sort((a, b) => b.id - a.id)
        .map((decision) => {
          const [tone, words] = actions[decision.action];
          return (
            <li
              key={decision.id}
              className="grid grid-cols-[auto_4rem_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1 px-4 py-2"
            >
              <time
                dateTime={decision.at}
                title={momentWords(decision.at)}
                className="text-xs tabular-nums text-ink-3"
              >
                {clockWords(decision.at)}
              </time>
              <span>
                <Badge tone={tone}>{words}</Badge>
              </span>
              <p className="min-w-0 break-words max-sm:col-span-3">
                {decision.sentence}{" "}
                <span className="font-mono text-xs text-ink-3">{decision.rule}</span>
              </p>
            </li>
          );
        })}
    </ol>
  );
}
