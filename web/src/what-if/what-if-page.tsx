import { queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useMemo } from "react";
import type { HistoryAnswer } from "../../../src/contract/tuning.ts";
import { getJson, problemOf } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { Panel, Skeleton } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { Assumptions } from "./assumptions.tsx";
import { InputForm } from "./input-form.tsx";
import { type Known, knownFrom, nothingKnown, withAssumedFigures } from "./known.ts";
import { planOf, startWarnings } from "./plan.ts";
import { Results } from "./results.tsx";
import type { WhatIfSearch } from "./search.ts";
import { type Running, useWhatIf } from "./use-what-if.ts";

const route = getRouteApi("/what-if");

const historyQuery = queryOptions({
  queryKey: ["scaling-history"],
  queryFn: ({ signal }) => getJson<HistoryAnswer>("/api/scaling/history?days=30", { signal }),
  staleTime: 300_000,
});

/** What another setting would cost and how long people would wait: both simulated here, in the browser. */
export function WhatIfPage() {
  useTitle("What-if");
  const query = useQuery(historyQuery);
  const known = useMemo(() => {
    if (query.data !== undefined) return knownFrom(query.data, query.dataUpdatedAt);
    return query.isError ? nothingKnown : undefined;
  }, [query.data, query.dataUpdatedAt, query.isError]);
  return (
    <div className="space-y-4">
      <div>
        <h1 className="text-lg font-semibold">What-if</h1>
        <p className="max-w-prose text-ink-2">
          What would other settings cost, and how long would people wait? Two of them, with the same
          uploads and the same chance, played through by the simulator in this browser. Nothing of
          the installation changes.
        </p>
      </div>
      {query.isError && query.data === undefined && (
        <div
          role="status"
          className="flex flex-wrap items-center gap-3 rounded-md bg-warn-soft px-3 py-2"
        >
          <span className="min-w-0 grow">
            The installation's own figures could not be read ({problemOf(query.error).code}): all
            that follows is assumed.
          </span>
          <Button onClick={() => void query.refetch()}>Try again</Button>
        </div>
      )}
      {known === undefined ? <Waiting /> : <Body known={known} />}
    </div>
  );
}

const Waiting = () => (
  <div className="space-y-3">
    <p role="status" className="sr-only">
      Loading what is known of this installation
    </p>
    <Skeleton className="h-40" />
    <Skeleton className="h-80" />
  </div>
);

function Body({ known: own }: { known: Known }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const known = useMemo(
    () => (search.figures === "assumed" && own.isOwn ? withAssumedFigures(own) : own),
    [own, search.figures],
  );
  const { running, outcome, run, cancel } = useWhatIf();
  const key = JSON.stringify([search, known.isOwn]);
  const plan = useMemo(() => planOf(known, search), [known, search]);
  const simulate = (): void => {
    if (!("problem" in plan)) run(plan, key);
  };
  // The first answer is there without a press; after that a person says when.
  const begin = useEffectEvent(simulate);
  useEffect(() => begin(), []);
  const change = (next: WhatIfSearch): void =>
    void navigate({ to: "/what-if", search: next, replace: true, resetScroll: false });
  return (
    <div className="space-y-4">
      <Controls
        running={running}
        problem={"problem" in plan ? plan.problem : null}
        isOld={outcome !== null && outcome.key !== key}
        decks={"problem" in plan ? null : plan.documents * plan.runs}
        onRun={simulate}
        onCancel={cancel}
      />
      {!("problem" in plan) &&
        startWarnings(plan).map((warning) => (
          <p key={warning} className="rounded-md bg-warn-soft px-3 py-2">
            {warning}
          </p>
        ))}
      {outcome === null ? (
        <Skeleton className="h-80" />
      ) : (
        <div className={outcome.key === key ? "" : "opacity-85"}>
          <Results outcome={outcome} />
        </div>
      )}
      <InputForm known={known} search={search} onChange={change} />
      <Assumptions known={known} search={search} />
    </div>
  );
}

function Controls({
  running,
  problem,
  isOld,
  decks,
  onRun,
  onCancel,
}: {
  running: Running;
  problem: string | null;
  isOld: boolean;
  decks: number | null;
  onRun: () => void;
  onCancel: () => void;
}) {
  const isRunning = running.kind === "running";
  return (
    <Panel className="flex flex-wrap items-center gap-x-4 gap-y-2 p-3">
      {isRunning ? (
        <>
          <progress
            aria-label="Simulated"
            value={running.share}
            max={1}
            className="h-2.5 min-w-32 grow accent-accent"
          />
          <span className="tabular-nums">{Math.floor(running.share * 100)} %</span>
          <Button onClick={onCancel}>Cancel</Button>
        </>
      ) : (
        <>
          <Button kind="primary" disabled={problem !== null} onClick={onRun}>
            Simulate
          </Button>
          {problem !== null ? (
            <p role="alert" className="min-w-0 text-bad">
              {problem}
            </p>
          ) : (
            <p role="status" className="min-w-0 text-ink-2">
              {statusWords(running, isOld)} {decks?.toLocaleString("en-US")} decks a setting.
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

function statusWords(running: Running, isOld: boolean): string {
  if (running.kind === "failed") return `It failed: ${running.problem}`;
  if (running.kind === "cancelled") return "Cancelled.";
  return isOld ? "The answer below is of the inputs before." : "The answer is of these inputs.";
}
