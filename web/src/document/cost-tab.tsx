import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { DocumentCost } from "../../../src/contract/document-cost.ts";
import { estimatedRule, estimatedWords } from "../../../src/core/cost/cost-words.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Figure } from "../fleet/figure.tsx";
import { priceWords } from "../lib/fleet-words.ts";
import { momentWords } from "../lib/format.ts";
import { microUsdWords } from "../lib/money.ts";
import { taskWords } from "../lib/words.ts";
import { costQuery } from "../timeline/queries.ts";
import { tookWords } from "../timeline/words.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Panel } from "../ui/panel.tsx";

type Part = DocumentCost["parts"][number];

const partWords: Readonly<Record<Part["kind"], readonly [name: string, what: string]>> = {
  busy: ["Busy", "its own tasks, with their share of moments that others had too"],
  failed: ["Failed attempts", "worked on, and done again"],
  coldStart: ["Cold start", "its share of the starts of containers that served it"],
  idle: ["Idle", "its share of their waiting, up to 5 minutes a stretch"],
  rounding: ["Rounded up", "its share of what is paid beyond the end"],
};

const fills: Readonly<Record<Part["kind"], string>> = {
  ...{ busy: "bg-step-3", failed: "bg-bad", coldStart: "bg-step-5", idle: "bg-step-1" },
  rounding: "bg-step-2",
};

/** Money where there is a price, else time: never a figure of money that nobody asks for. */
const amountOf = ({ microUsd, seconds }: { microUsd: number | null; seconds: number }): string =>
  microUsd === null ? "" : microUsd === 0 && seconds === 0 ? "$0.00" : microUsdWords(microUsd);

const chargingWords: Readonly<Record<DocumentCost["charging"], string | null>> = {
  charged: null,
  free: "Nobody charges here: these containers run on machines of your own. What is shown is their time.",
  unpriced:
    "These machines cost something, and their provider does not say what. What is shown is their time.",
  part: "Some of these containers have a price and some have none: money counts the first, time counts all.",
  none: "No container has worked for it: it waits, or everything about it was known already.",
};

function TotalFigure({ cost }: { cost: DocumentCost }) {
  const { complete, microUsd, containerSeconds } = cost;
  const soFar = complete ? "" : " so far";
  const estimated = estimatedWords(cost);
  if (microUsd === null) {
    return (
      <Figure title={`Container time${soFar}`} value={tookWords(1000 * containerSeconds)}>
        {cost.charging === "free" ? "nobody charges" : undefined}
      </Figure>
    );
  }
  return (
    <Figure title={`Cost${soFar}`} value={microUsdWords(microUsd)}>
      {tookWords(1000 * containerSeconds)} of containers
      {estimated !== "" && `; ${estimated}`}
    </Figure>
  );
}

function TypicalFigure({ cost }: { cost: DocumentCost }) {
  const { n, pagesMin, pagesMax, medianMicroUsd, medianSeconds } = cost.typical;
  const basis = `${n} ${n === 1 ? "document" : "documents"} of ${pagesMin} to ${pagesMax} slides${n < 20 ? ", few samples" : ""}`;
  if (n === 0 || medianSeconds === null) {
    return (
      <Figure title="Median of its size" value="none yet">
        no other of {pagesMin} to {pagesMax} slides is done
      </Figure>
    );
  }
  const own = cost.microUsd ?? cost.containerSeconds;
  const isMoney = cost.microUsd !== null && medianMicroUsd !== null;
  const median = isMoney ? medianMicroUsd : medianSeconds;
  const value = isMoney ? microUsdWords(medianMicroUsd) : tookWords(1000 * medianSeconds);
  const difference = median === 0 ? null : Math.round((100 * (own - median)) / median);
  const against =
    difference === null || (cost.microUsd === null) === isMoney
      ? ""
      : difference === 0
        ? "the same, "
        : `this one is ${Math.abs(difference)} % ${difference > 0 ? "above" : "below"}, `;
  return (
    <Figure title="Median of its size" value={value}>
      {against}
      {basis}
    </Figure>
  );
}

function Parts({ cost }: { cost: DocumentCost }) {
  const { parts, containerSeconds } = cost;
  const shown = parts.filter(({ seconds }) => seconds > 0);
  return (
    <div>
      <div aria-hidden="true" className="flex h-3 gap-[2px] overflow-hidden rounded-full">
        {shown.map(({ kind, seconds }) => (
          <div
            key={kind}
            data-fill
            className={`min-w-1 ${fills[kind]} ${kind === "failed" ? "lane-again" : ""}`}
            style={{ flexGrow: seconds, flexBasis: 0 }}
          />
        ))}
      </div>
      <table className="mt-3 w-full text-[13px]">
        <caption className="sr-only">Where it went</caption>
        <thead className="text-left text-xs text-ink-3">
          <tr>
            <th scope="col" className="py-1 font-medium">
              Part
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              Time
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              Share
            </th>
            {cost.microUsd !== null && (
              <th scope="col" className="py-1 text-right font-medium">
                Cost
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={part.kind} className="border-t border-line align-top">
              <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                <span
                  aria-hidden="true"
                  data-fill
                  className={`mr-2 inline-block size-2.5 rounded-sm ${fills[part.kind]}`}
                />
                {partWords[part.kind][0]}
                <span className="block text-xs text-ink-3">{partWords[part.kind][1]}</span>
              </th>
              <td className="py-1.5 text-right tabular-nums">{tookWords(1000 * part.seconds)}</td>
              <td className="py-1.5 pl-3 text-right tabular-nums">
                {containerSeconds === 0
                  ? ""
                  : `${Math.round((100 * part.seconds) / containerSeconds)} %`}
              </td>
              {cost.microUsd !== null && (
                <td className="py-1.5 pl-3 text-right tabular-nums">{amountOf(part)}</td>
              )}
            </tr>
          ))}
          <tr className="border-t border-line-strong font-medium">
            <th scope="row" className="py-1.5 text-left font-medium">
              Total
            </th>
            <td className="py-1.5 text-right tabular-nums">{tookWords(1000 * containerSeconds)}</td>
            <td />
            {cost.microUsd !== null && (
              <td className="py-1.5 pl-3 text-right tabular-nums">
                {microUsdWords(cost.microUsd)}
              </td>
            )}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Containers({ cost }: { cost: DocumentCost }) {
  return (
    <Panel className="p-4">
      <h3 className="mb-2 font-semibold">Containers that served it</h3>
      <ul className="divide-y divide-line text-[13px]">
        {cost.containers.map(
          ({ run, name, provider, usdPerHour, isOpen, isEstimated, microUsd, seconds }) => (
            <li key={run} className="flex flex-wrap items-baseline gap-x-3 py-1.5">
              <Link
                to="/fleet"
                search={{ container: name, run }}
                className="inline-block min-h-6 font-medium text-accent-ink underline"
              >
                {name}
              </Link>
              <span className="grow text-ink-2">
                {provider}, {priceWords({ usdPerHour }) ?? "nobody charges"}
                {isOpen && ", still runs"}
                {isEstimated && microUsd !== null && ", estimated"}
              </span>
              <TimeAndMoney seconds={seconds} microUsd={microUsd} />
            </li>
          ),
        )}
      </ul>
    </Panel>
  );
}

/** null: nobody charges. */
function TimeAndMoney({ seconds, microUsd }: { seconds: number; microUsd: number | null }) {
  return (
    <span className="tabular-nums">
      {tookWords(1000 * seconds)}
      {microUsd !== null && `, ${microUsdWords(microUsd)}`}
    </span>
  );
}

function Attempts({ cost }: { cost: DocumentCost }) {
  return (
    <Panel className="p-4">
      <h3 className="mb-2 font-semibold">Its attempts</h3>
      <ul className="divide-y divide-line text-[13px]">
        {cost.attempts.map(
          ({ task, generation, attempt, container, outcome, microUsd, seconds }) => (
            <li
              key={`${task} ${generation} ${attempt} ${container} ${outcome} ${seconds}`}
              className="flex flex-wrap items-baseline gap-x-3 py-1.5"
            >
              <span className="grow">
                {taskWords(task)}
                <span className="text-ink-3">
                  {" "}
                  attempt {attempt}
                  {generation > 1 && `, generation ${generation}`}, {container}, {outcome}
                </span>
              </span>
              <TimeAndMoney seconds={seconds} microUsd={microUsd} />
            </li>
          ),
        )}
      </ul>
    </Panel>
  );
}

function CostView({ cost }: { cost: DocumentCost }) {
  const note = chargingWords[cost.charging];
  const hasWork = cost.containers.length > 0;
  return (
    <div className="space-y-4">
      <h2 className="sr-only">Cost</h2>
      {note !== null && <p className="text-ink-2">{note}</p>}
      {hasWork && (
        <Panel className="space-y-4 p-4">
          <dl className="flex flex-wrap gap-x-10 gap-y-3">
            <TotalFigure cost={cost} />
            <TypicalFigure cost={cost} />
          </dl>
          <Parts cost={cost} />
        </Panel>
      )}
      {hasWork && (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <Containers cost={cost} />
          <Attempts cost={cost} />
        </div>
      )}
      <div className="space-y-1 text-[13px] text-ink-2">
        <p>
          <span className="font-medium">The rule:</span> {cost.rule}
        </p>
        {cost.microUsd !== null && (
          <p>
            <span className="font-medium">Prices:</span> {cost.source}
          </p>
        )}
        {cost.microUsd !== null && cost.estimatedMicroUsd !== 0 && (
          <p>
            {microUsdWords(cost.microUsd - cost.estimatedMicroUsd)} billed +{" "}
            {microUsdWords(cost.estimatedMicroUsd)} estimated. {estimatedRule}
          </p>
        )}
        <p>
          {!cost.complete
            ? "It still changes: it is not finished, or a container that served it still runs."
            : cost.estimatedMicroUsd === 0
              ? "It is final."
              : "All work is done; what is estimated may still change."}{" "}
          As of {momentWords(cost.asOf)}.
        </p>
      </div>
    </div>
  );
}

/** What this document cost, and why. */
export function CostTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(costQuery(document.id));
  return (
    <AsyncPanel query={query} what="the cost">
      {(cost) => <CostView cost={cost} />}
    </AsyncPanel>
  );
}
