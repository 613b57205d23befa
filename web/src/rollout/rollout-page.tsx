import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, CircleHelp } from "lucide-react";
import type { Rollout } from "../../../src/contract/rollout.ts";
import { getJson } from "../api/client.ts";
import { DataTable } from "../costs/table.tsx";
import { percentWords, valueWords } from "../slos/words.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Panel } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";

const rolloutQuery = queryOptions({
  queryKey: ["rollout"],
  queryFn: ({ signal }) => getJson<Rollout>("/api/rollout", { signal }),
  refetchInterval: 60_000,
});

type Metric = Rollout["metrics"][number];
type Check = Rollout["checklist"][number];

const modeNames: Readonly<Record<Rollout["modes"][number], string>> = {
  ...{ off: "Off", shadow: "Shadow", "5": "5 %", "25": "25 %", "50": "50 %", "100": "100 %" },
};

/** The steps of a rollout, and that none of them is taken or can be. */
function ModeStrip({ rollout }: { rollout: Rollout }) {
  return (
    <section aria-label="Traffic">
      <h2 className="mb-2 font-semibold">Traffic</h2>
      <Panel className="space-y-3 px-4 py-3">
        <p className="font-medium">{rollout.sentence}</p>
        <ol className="flex flex-wrap gap-1.5" aria-label="Modes of a rollout">
          {rollout.modes.map((mode) => (
            <li
              key={mode}
              aria-current={mode === rollout.mode ? "step" : undefined}
              className="rounded-md border border-dashed border-line-strong px-2.5 py-1 text-[13px] text-ink-2 aria-[current=step]:border-solid aria-[current=step]:bg-accent-soft aria-[current=step]:text-accent-ink"
            >
              {modeNames[mode]}
            </li>
          ))}
        </ol>
        <div className="text-[13px] text-ink-2">
          <p>Before one of these can be chosen, Pilotlight still needs:</p>
          <ul className="ml-4 list-disc">
            {rollout.needs.map((need) => (
              <li key={need}>{need}</li>
            ))}
          </ul>
          <p className="mt-1">
            Moving traffic and rolling back come with that; there is no button here that does
            nothing.
          </p>
        </div>
      </Panel>
    </section>
  );
}

const amount = (value: number, unit: Metric["unit"]): string =>
  unit === "share" ? percentWords(Math.round(value * 10_000) / 10_000) : valueWords(value, unit);

function Side({ side, unit }: { side: Metric["onDemand"]; unit: Metric["unit"] }) {
  if (side === null) return <span className="text-ink-3">no data</span>;
  const { value, low, high, n } = side;
  return (
    <>
      <span className="font-medium">{amount(value, unit)}</span>
      <span className="block text-xs text-ink-3">
        {low === null || high === null
          ? "too few for an interval"
          : `${amount(low, unit)} to ${amount(high, unit)}`}
        , n = {n.toLocaleString("en-US")}
        {n < 20 ? ", few samples" : ""}
      </span>
    </>
  );
}

function Comparison({ metrics }: { metrics: readonly Metric[] }) {
  return (
    <section aria-label="Comparison">
      <h2 className="mb-2 font-semibold">
        Old server and on-demand <span className="font-normal text-ink-3">last 28 days</span>
      </h2>
      <Panel className="overflow-hidden">
        <DataTable<Metric>
          caption="Old server and on-demand, with intervals of 95 %"
          rows={metrics}
          keyOf={({ id }) => id}
          columns={[
            { name: "Figure", cell: ({ name }) => name },
            {
              name: "On-demand",
              cell: ({ onDemand, unit }) => <Side side={onDemand} unit={unit} />,
            },
            {
              name: "Old server",
              cell: ({ oldServer, unit }) => <Side side={oldServer} unit={unit} />,
            },
            {
              name: "Difference",
              cell: ({ why }) => (
                <span className="text-[13px] text-ink-2">{why ?? "see both"}</span>
              ),
            },
          ]}
        />
      </Panel>
      <p className="mt-2 text-xs text-ink-3">
        Intervals hold the true value in 95 of 100 cases. See{" "}
        <Link to="/slos" className="underline">
          SLOs
        </Link>{" "}
        for each promise and{" "}
        <Link to="/costs" className="underline">
          Costs
        </Link>{" "}
        for the money.
      </p>
    </section>
  );
}

const states = {
  ok: { Icon: CircleCheck, words: "Done", tone: "text-good" },
  todo: { Icon: CircleDashed, words: "To do", tone: "text-warn" },
  unknown: { Icon: CircleHelp, words: "Not known", tone: "text-ink-3" },
} as const;

function Checklist({ checks }: { checks: readonly Check[] }) {
  const done = checks.filter(({ state }) => state === "ok").length;
  return (
    <section aria-label="Checklist">
      <h2 className="mb-2 font-semibold">
        Before the old server goes{" "}
        <span className="font-normal text-ink-3">
          {done} of {checks.length}, looked at now
        </span>
      </h2>
      <Panel>
        <ul className="divide-y divide-line">
          {checks.map(({ id, name, state, detail }) => {
            const { Icon, words, tone } = states[state];
            return (
              <li key={id} className="flex gap-2.5 px-4 py-2">
                <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${tone}`} />
                <p className="min-w-0">
                  <span className="font-medium">{name}</span>{" "}
                  <span className={`text-xs ${tone}`}>{words}</span>
                  <span className="block text-[13px] break-words text-ink-2">{detail}</span>
                </p>
              </li>
            );
          })}
        </ul>
      </Panel>
    </section>
  );
}

/** Is the new way as good as the old one, and may the server go? */
export function RolloutPage() {
  useTitle("Rollout");
  const query = useQuery(rolloutQuery);
  return (
    <div className="space-y-4">
      <h1 className="text-lg font-semibold tracking-tight">Rollout</h1>
      <AsyncPanel query={query} what="the rollout" asked>
        {(rollout) => (
          <div className="space-y-5">
            <ModeStrip rollout={rollout} />
            <section aria-label="The old server's bill">
              <h2 className="mb-2 font-semibold">The old server's bill</h2>
              <Panel className="px-4 py-3">
                <p>{rollout.server.sentence}</p>
              </Panel>
            </section>
            <Comparison metrics={rollout.metrics} />
            <Checklist checks={rollout.checklist} />
          </div>
        )}
      </AsyncPanel>
    </div>
  );
}
