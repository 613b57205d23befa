import type { CostRow, Costs } from "../../../src/contract/costs.ts";
import { durationWords } from "../lib/format.ts";
import { Panel } from "../ui/panel.tsx";
import { dayWords } from "./search.ts";
import { DataTable, TableTwin } from "./table.tsx";
import { microUsdWords, type Part, parts } from "./words.ts";

/** Colour is not alone: each kind has a pattern of its own. */
const looks: Readonly<Record<Part, string>> = {
  busy: "bg-accent",
  coldStart: "bg-step-2",
  idle: "bg-sunken bar-skipped",
  wasted: "bg-bad-soft bar-failed",
};

export interface Measure {
  readonly of: (row: CostRow, part: Part | "total") => number;
  readonly words: (amount: number) => string;
}

/** Money where there is some, else the containers' time. */
export const measureOf = ({ charging }: Costs): Measure =>
  charging === "charged" || charging === "part"
    ? { of: (row, part) => row.split.microUsd[part], words: microUsdWords }
    : { of: (row, part) => row.split.seconds[part], words: durationWords };

function Day({ row, measure, most }: { row: CostRow; measure: Measure; most: number }) {
  const total = measure.of(row, "total");
  return (
    <div
      className="flex min-w-0 grow flex-col justify-end"
      title={`${dayWords(row.key)}: ${measure.words(total)}`}
    >
      {parts.toReversed().map(({ key }) => (
        <div
          key={key}
          className={looks[key]}
          style={{ height: `${(100 * measure.of(row, key)) / most}%` }}
        />
      ))}
    </div>
  );
}

/** What each day's containers were good for. */
export function DayBars({ costs }: { costs: Costs }) {
  const measure = measureOf(costs);
  const { days } = costs;
  const most = Math.max(1, ...days.map((row) => measure.of(row, "total")));
  const isMoney = measure.words === microUsdWords;
  const title = isMoney ? "Money by day" : "Container time by day";
  const [first, last] = [days[0], days.at(-1)];
  return (
    <Panel className="px-4 py-3">
      <h2 className="mb-2 font-semibold">{title}</h2>
      <p className="mb-1 text-xs text-ink-3 tabular-nums">{measure.words(most)}</p>
      <div
        role="img"
        aria-label={`${title}, in four kinds; the table below has the figures.`}
        className="flex h-44 items-stretch gap-px border-b border-line-strong"
      >
        {days.map((row) => (
          <Day key={row.key} row={row} measure={measure} most={most} />
        ))}
      </div>
      <p className="mt-1 mb-2 flex justify-between text-xs text-ink-3">
        <span>{first === undefined ? "" : dayWords(first.key)}</span>
        <span>{last === undefined || last === first ? "" : dayWords(last.key)}</span>
      </p>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-ink-2">
        {parts.map(({ key, name, note }) => (
          <li key={key} className="flex items-center gap-1.5">
            <span aria-hidden="true" className={`size-3 border border-line-strong ${looks[key]}`} />
            {name}: {note}
          </li>
        ))}
      </ul>
      <TableTwin>
        <DataTable
          caption={title}
          rows={days}
          keyOf={({ key }) => key}
          columns={[
            { name: "Day (UTC)", cell: ({ key }) => dayWords(key) },
            ...parts.map(({ key, name }) => ({
              name,
              isNumber: true,
              cell: (row: CostRow) => measure.words(measure.of(row, key)),
            })),
            {
              name: "Total",
              isNumber: true,
              cell: (row) => measure.words(measure.of(row, "total")),
            },
          ]}
        />
      </TableTwin>
    </Panel>
  );
}
