import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { RunDetail } from "../../../src/contract/fleet-outlook.ts";
import type { Fleet, Phase } from "../api/types.ts";
import { machineWords, priceWords, pullWords } from "../lib/fleet-words.ts";
import { clockWords, durationWords, momentWords } from "../lib/format.ts";
import { microUsdWords } from "../lib/money.ts";
import { phaseWords, taskWords } from "../lib/words.ts";
import { tookWords } from "../timeline/words.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { SideSheet } from "../ui/side-sheet.tsx";
import { LogTail } from "./log-tail.tsx";
import { newestRunQuery, runQuery } from "./queries.ts";
import { ReplicaActions } from "./replica-actions.tsx";

const th = "py-1 pr-3 text-left font-medium";
const td = "py-1 pr-3 tabular-nums";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-x-3 max-sm:flex-col">
      <dt className="w-24 shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function Facts({ detail }: { detail: RunDetail }) {
  const { run, reason, trouble, container, pull, isOpen } = detail;
  return (
    <dl className="space-y-1 text-[13px]">
      <Fact name="State">
        {phaseWords(run.phase)}
        {run.endedAt !== null && ` since ${momentWords(run.endedAt)}`}
        {isOpen && `, asked for at ${momentWords(run.requestedAt)}`}
      </Fact>
      {reason !== null && <Fact name="Reason">{reason}</Fact>}
      {run.failure !== null && (
        <Fact name="Failure">
          {run.failure.detail ?? ""} <span className="font-mono text-xs">{run.failure.code}</span>
        </Fact>
      )}
      {trouble !== null && <Fact name="Trouble">{trouble}</Fact>}
      <Fact name="Machine">
        {machineWords(run.machine)}, {run.provider}, {priceWords(run.machine) ?? "nobody charges"}
      </Fact>
      {container !== null && (
        <Fact name="Container">
          <span className="font-mono text-xs">{container.id}</span>, {container.slots} slots,{" "}
          {container.model ?? container.engine}
        </Fact>
      )}
      {container?.reader != null && (
        <Fact name="Image">
          code and weights <span className="font-mono text-xs break-all">{container.reader}</span>
        </Fact>
      )}
      <Fact name="Pull">
        {pull === null ? "nothing known of a download: the image was there" : pullWords(pull)}
      </Fact>
    </dl>
  );
}

/** The start, phase by phase, against the same phase of other starts there. */
function Phases({ phases }: { phases: RunDetail["phases"] }) {
  if (phases.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 font-semibold">Its start</h3>
      <table className="w-full text-[13px]">
        <caption className="sr-only">Phases of its start against others</caption>
        <thead className="text-xs text-ink-3">
          <tr>
            <th scope="col" className={th}>
              Phase
            </th>
            <th scope="col" className={th}>
              Took
            </th>
            <th scope="col" className={th}>
              Usual p50
            </th>
            <th scope="col" className={th}>
              p90
            </th>
          </tr>
        </thead>
        <tbody>
          {phases.map(({ phase, seconds, usual }) => (
            <tr key={phase} className="border-t border-line">
              <th scope="row" className={`${th} font-normal`}>
                {phaseWords(phase as Phase)}
              </th>
              <td className={td}>
                {tookWords(seconds * 1000)}
                {usual !== null && usual.n >= 5 && seconds > usual.p90Seconds && (
                  <span className="text-warn"> above p90</span>
                )}
              </td>
              <td className={td}>{usual === null ? "" : tookWords(usual.p50Seconds * 1000)}</td>
              <td className={td}>
                {usual === null
                  ? "none yet"
                  : `${tookWords(usual.p90Seconds * 1000)} (n = ${usual.n}${usual.n < 20 ? ", few samples" : ""})`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const costWords: Readonly<Record<string, string>> = {
  ...{ busy: "Busy", failed: "Failed attempts", coldStart: "Cold start", idle: "Idle" },
  rounding: "Rounded up",
};

function Costs({ cost, isEstimated }: { cost: RunDetail["cost"]; isEstimated: boolean }) {
  const isPriced = cost.some(({ microUsd }) => microUsd !== null);
  const shown = cost.filter(({ seconds }) => seconds > 0);
  if (shown.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 font-semibold">
        Cost by phase{" "}
        {!isPriced && <span className="font-normal text-ink-3">nobody charges here: its time</span>}
        {isEstimated && <span className="font-normal text-ink-3">estimated</span>}
      </h3>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-[13px]">
        {shown.map(({ kind, microUsd, seconds }) => (
          <div key={kind}>
            <dt className="text-ink-3">{costWords[kind] ?? kind}</dt>
            <dd className="font-medium tabular-nums">
              {microUsd !== null && `${microUsdWords(microUsd)}, `}
              {durationWords(seconds)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Tasks({ detail }: { detail: RunDetail }) {
  const { tasks, served } = detail;
  if (tasks.length === 0) return <p className="text-[13px] text-ink-2">It has held no task.</p>;
  return (
    <section>
      <h3 className="mb-1 font-semibold">
        Tasks served{" "}
        <span className="font-normal text-ink-3">
          {served.tasks} for {served.documents} {served.documents === 1 ? "document" : "documents"}
          {tasks.length < served.tasks && `, the newest ${tasks.length}`}
        </span>
      </h3>
      <table className="w-full text-[13px]">
        <caption className="sr-only">Tasks it held</caption>
        <thead className="text-xs text-ink-3">
          <tr>
            {["Task", "Document", "Outcome", "Took"].map((head) => (
              <th key={head} scope="col" className={th}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tasks.map(({ document, task, attempt, outcome, from, until }) => (
            <tr
              key={`${document?.id} ${task} ${from} ${attempt}`}
              className="border-t border-line align-top"
            >
              <th scope="row" className={`${th} font-normal`}>
                {taskWords(task)}
                {attempt > 1 && ` (attempt ${attempt})`}
              </th>
              <td className="py-1 pr-3 break-all">
                {document === null ? (
                  <span className="text-ink-3">another workspace</span>
                ) : (
                  <Link
                    to="/documents/$id"
                    params={{ id: document.id }}
                    search={{ tab: "timeline" }}
                    className="inline-block min-h-6 text-accent-ink underline"
                  >
                    {document.name}
                  </Link>
                )}
              </td>
              <td className={td}>{outcome}</td>
              <td className={td}>
                {until === null
                  ? `since ${clockWords(from)}`
                  : tookWords(Date.parse(until) - Date.parse(from))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Decisions({ detail }: { detail: RunDetail }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">Why it was started and stopped</h3>
      {detail.decisions.length === 0 && (
        <p className="text-[13px] text-ink-2">
          No decision names it: somebody else started it, or the decision is not kept any longer.
        </p>
      )}
      <ul className="space-y-1 text-[13px]">
        {detail.decisions.map(({ id, at, sentence }) => (
          <li key={id}>
            <Link
              to="/fleet"
              search={{ decision: id }}
              resetScroll={false}
              className="inline-block min-h-6 text-accent-ink underline"
            >
              {clockWords(at)}
            </Link>{" "}
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}

function RunBody({ id, fleet }: { id: number; fleet: Fleet | undefined }) {
  const query = useQuery(runQuery(id));
  return (
    <AsyncPanel query={query} what="the container" asked>
      {(detail) => {
        const replica = fleet?.replicas.find(({ name }) => name === detail.run.name);
        return (
          <div className="space-y-5">
            <Facts detail={detail} />
            {detail.isOpen && replica !== undefined && <ReplicaActions replica={replica} />}
            <Decisions detail={detail} />
            <Phases phases={detail.phases} />
            <Costs cost={detail.cost} isEstimated={detail.run.billed?.isEstimated === true} />
            <Tasks detail={detail} />
            <LogTail run={id} name={detail.run.name} isOpen={detail.isOpen} />
          </div>
        );
      }}
    </AsyncPanel>
  );
}

/** One life of a container; without a number, its newest. */
export function RunSheet({
  container,
  run,
  fleet,
  onClose,
}: {
  container: string;
  run: number | undefined;
  fleet: Fleet | undefined;
  onClose: () => void;
}) {
  const newest = useQuery({ ...newestRunQuery(container), enabled: run === undefined });
  return (
    <SideSheet title={`Container ${container}`} onClose={onClose}>
      {run !== undefined ? (
        <RunBody id={run} fleet={fleet} />
      ) : (
        <AsyncPanel query={newest} what="the container" asked>
          {(id) =>
            id === null ? (
              <p className="text-ink-2">No container of this name has ever run here.</p>
            ) : (
              <RunBody id={id} fleet={fleet} />
            )
          }
        </AsyncPanel>
      )}
    </SideSheet>
  );
}
