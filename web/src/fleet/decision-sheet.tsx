import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { DecisionDetail } from "../../../src/contract/fleet-outlook.ts";
import { verdictInk } from "../lib/accuracy-words.ts";
import { inputRows } from "../lib/fleet-words.ts";
import { momentWords } from "../lib/format.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { SideSheet } from "../ui/side-sheet.tsx";
import { decisionQuery } from "./queries.ts";

function Inputs({ decision }: Pick<DecisionDetail, "decision">) {
  const rows = inputRows(decision.inputs);
  return (
    <section>
      <h3 className="mb-1 font-semibold">
        What it was made from
        <CopyButton text={JSON.stringify(decision.inputs, null, 2)} what="the inputs as JSON" />
      </h3>
      {rows.length === 0 && <p className="text-[13px] text-ink-2">No inputs were stored.</p>}
      <table className="w-full text-[13px]">
        <caption className="sr-only">Inputs of decision {decision.id}</caption>
        <thead className="text-left text-xs text-ink-3">
          <tr>
            <th scope="col" className="py-1 pr-4 font-medium">
              Input
            </th>
            <th scope="col" className="py-1 font-medium">
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name} className="border-t border-line align-top">
              <th
                scope="row"
                className="py-1 pr-4 text-left font-mono text-xs font-normal break-all"
              >
                {name}
              </th>
              <td className="py-1 break-all tabular-nums">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Served({ detail }: { detail: DecisionDetail }) {
  const { run, served, servedOthers } = detail;
  const others =
    servedOthers === 1 ? "1 of another workspace" : `${servedOthers} of other workspaces`;
  return (
    <section className="text-[13px]">
      <h3 className="mb-1 text-sm font-semibold">Documents it served</h3>
      {run === null ? (
        <p className="text-ink-2">It started and stopped nothing.</p>
      ) : (
        <p className="text-ink-2">
          By{" "}
          <Link
            to="/fleet"
            search={{ container: run.name, run: run.id }}
            className="inline-block min-h-6 font-medium text-accent-ink underline"
          >
            {run.name}
          </Link>
          : {served.length + servedOthers === 0 ? "none so far" : `${served.length} here`}
          {servedOthers > 0 && `, ${others}`}.
        </p>
      )}
      <ul>
        {served.map(({ id, name }) => (
          <li key={id}>
            <Link
              to="/documents/$id"
              params={{ id }}
              search={{ tab: "timeline" }}
              className="inline-block min-h-6 break-all text-accent-ink underline"
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Body({ detail }: { detail: DecisionDetail }) {
  const { decision } = detail;
  const { at, sentence, alternative, verdict, rule, policy, version } = decision;
  return (
    <div className="space-y-5">
      <div>
        <p className="text-base font-medium">{sentence}</p>
        <p className="text-[13px] text-ink-2">{momentWords(at)}</p>
        <p className="text-[13px] text-ink-2">
          Rule <span className="font-mono">{rule}</span>, decided by {policy}
          {version !== null && `, version ${version}`}
        </p>
      </div>
      <section>
        <h3 className="mb-1 font-semibold">Verdict</h3>
        <p className={verdict === null ? "text-ink-2" : verdictInk(verdict)}>
          {verdict === null
            ? "Not known yet: it is told once its truth is."
            : verdict.kind === "unjudged"
              ? "It is not judged: an order, a limit or a deadline, no forecast."
              : verdict.sentence}
        </p>
      </section>
      <section>
        <h3 className="mb-1 font-semibold">What would have changed this decision</h3>
        <p className="text-ink-2">{alternative ?? "No alternative was stored with it."}</p>
      </section>
      <Served detail={detail} />
      <Inputs decision={decision} />
    </div>
  );
}

/** One decision as it was stored: never told anew from today's settings. */
export function DecisionSheet({ id, onClose }: { id: number; onClose: () => void }) {
  const query = useQuery(decisionQuery(id));
  return (
    <SideSheet title={`Decision ${id}`} onClose={onClose}>
      <AsyncPanel query={query} what="the decision" asked>
        {(detail) => <Body detail={detail} />}
      </AsyncPanel>
    </SideSheet>
  );
}
