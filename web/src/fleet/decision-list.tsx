import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { DecisionView, VerdictView } from "../api/types.ts";
import { verdictInk } from "../lib/accuracy-words.ts";
import { inputRows } from "../lib/fleet-words.ts";
import { clockWords, momentWords } from "../lib/format.ts";
import { Badge } from "../ui/badge.tsx";
import { Empty } from "../ui/panel.tsx";

const actions = {
  start: ["accent", "Start"],
  stop: ["plain", "Stop"],
  hold: ["plain", "Hold"],
  place: ["good", "Place"],
  refuse: ["warn", "Refuse"],
} as const;

/** A name that may break after its dots. */
const Dotted = ({ name }: { name: string }) =>
  name.split(".").map((part, index, parts) => {
    const isLast = index === parts.length - 1;
    return (
      <Fragment key={parts.slice(0, index + 1).join(".")}>
        {isLast ? part : `${part}.`}
        {!isLast && <wbr />}
      </Fragment>
    );
  });

/** What a decision was made from, and what would have happened otherwise. */
function Why({ decision }: { decision: DecisionView }) {
  const { id, inputs, alternative, policy, version } = decision;
  const rows = inputRows(inputs);
  if (rows.length === 0 && alternative === null) return null;
  return (
    <details className="col-span-3 min-w-0 text-[13px] sm:col-span-1 sm:col-start-3">
      <summary className="min-h-6 w-fit py-0.5 text-xs text-ink-3">
        Why<span className="sr-only"> decision {id}</span>
      </summary>
      {alternative !== null && (
        <p className="break-words text-ink-2">
          <span className="font-medium">Otherwise:</span> {alternative}
        </p>
      )}
      <p className="break-words text-ink-3">
        Decided by {policy}
        {version !== null && `, version ${version}`}
      </p>
      {rows.length > 0 && (
        <table className="mt-1 text-xs">
          <caption className="sr-only">Inputs of decision {id}</caption>
          <thead className="sr-only">
            <tr>
              <th scope="col">Input</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name} className="align-top">
                <th
                  scope="row"
                  className="pr-4 text-left font-mono font-normal break-words text-ink-3"
                >
                  <Dotted name={name} />
                </th>
                <td className="break-words tabular-nums text-ink-2">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

/** What became of it, in words; colour only repeats them. */
function Verdict({ verdict }: { verdict: VerdictView | null }) {
  if (verdict === null || verdict.kind === "unjudged") return null;
  return (
    <p className={`col-span-3 text-[13px] sm:col-span-1 sm:col-start-3 ${verdictInk(verdict)}`}>
      <span className="font-medium">Verdict:</span> {verdict.sentence}
    </p>
  );
}

function Decision({ decision }: { decision: DecisionView }) {
  const { id, at, action, sentence, rule, verdict } = decision;
  const [tone, words] = actions[action];
  return (
    <li className="grid grid-cols-[auto_4rem_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1 px-4 py-2">
      <time dateTime={at} title={momentWords(at)} className="text-xs tabular-nums text-ink-3">
        {clockWords(at)}
      </time>
      <span>
        <Badge tone={tone}>{words}</Badge>
      </span>
      <p className="min-w-0 break-words max-sm:col-span-3">
        {sentence} <span className="font-mono text-xs text-ink-3">{rule}</span>{" "}
        <Link
          from="/fleet"
          to="/fleet"
          search={(old) => ({ ...old, decision: id })}
          resetScroll={false}
          className="inline-block min-h-6 text-[13px] text-accent-ink underline"
        >
          Details<span className="sr-only"> of decision {id}</span>
        </Link>
      </p>
      <Verdict verdict={verdict} />
      <Why decision={decision} />
    </li>
  );
}

/** The stored sentences, newest first, never told anew from today's settings. */
export function DecisionList({ decisions }: { decisions: readonly DecisionView[] }) {
  if (decisions.length === 0) return <Empty title="Nothing has been decided yet." />;
  return (
    <ol className="divide-y divide-line">
      {[...decisions]
        .sort((a, b) => b.id - a.id)
        .map((decision) => (
          <Decision key={decision.id} decision={decision} />
        ))}
    </ol>
  );
}
