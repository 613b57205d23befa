import { Link } from "@tanstack/react-router";
import type { Costs } from "../../../src/contract/costs.ts";
import { monthOf } from "../../../src/core/cost/calendar.ts";
import { deckDateWords } from "../lib/format.ts";
import { Panel } from "../ui/panel.tsx";
import { dayWords } from "./search.ts";
import { DataTable, TableTwin } from "./table.tsx";
import { microUsdWords } from "./words.ts";

interface Point {
  readonly day: string;
  readonly spent: number;
  readonly server: number;
}

/** Sums up to each day's end, with the server's share of the month by then. */
function pointsOf({ month, baseline }: Costs): readonly Point[] {
  const { days } = monthOf(`${month.month}-01`);
  let spent = 0;
  return month.byDay.map(({ day, microUsd }, index) => {
    spent += microUsd;
    return { day, spent, server: (baseline.microUsdPerMonth * (index + 1)) / days };
  });
}

const [width, height] = [600, 160];

function Lines({ costs, points, most }: { costs: Costs; points: readonly Point[]; most: number }) {
  const { month, baseline } = costs;
  const { days } = monthOf(`${month.month}-01`);
  const x = (day: number): number => (width * day) / days;
  const y = (microUsd: number): number => height - (height * Math.min(microUsd, most)) / most;
  const path = [`0,${height}`, ...points.map(({ spent }, i) => `${x(i + 1)},${y(spent)}`)];
  const last = points.at(-1);
  const from = last === undefined ? null : { x: x(points.length), y: y(last.spent) };
  const told = month.projected;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Money spent by day in ${deckDateWords(month.month)}; the table below has the figures.`}
      className="h-44 w-full overflow-visible"
    >
      <line
        x1="0"
        x2={width}
        y1={height}
        y2={height}
        className="stroke-line-strong"
        vectorEffect="non-scaling-stroke"
      />
      <line
        {...{ x1: 0, y1: height, x2: width, y2: y(baseline.microUsdPerMonth) }}
        className="stroke-ink-3"
        strokeDasharray="2 4"
        vectorEffect="non-scaling-stroke"
      />
      {baseline.microUsdPerMonth <= most && (
        <line
          {...{
            x1: 0,
            x2: width,
            y1: y(baseline.microUsdPerMonth),
            y2: y(baseline.microUsdPerMonth),
          }}
          className="stroke-warn"
          strokeWidth="1.5"
          strokeDasharray="8 4"
          vectorEffect="non-scaling-stroke"
        />
      )}
      {told !== null && from !== null && (
        <>
          <polygon
            points={`${from.x},${from.y} ${width},${y(told.highMicroUsd)} ${width},${y(told.lowMicroUsd)}`}
            className="fill-accent-soft"
          />
          <line
            {...{ x1: from.x, y1: from.y, x2: width, y2: y(told.midMicroUsd) }}
            className="stroke-accent"
            strokeDasharray="4 3"
            vectorEffect="non-scaling-stroke"
          />
        </>
      )}
      <polyline
        points={path.join(" ")}
        fill="none"
        className="stroke-accent"
        strokeWidth="2.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

function Legend({ costs }: { costs: Costs }) {
  const { baseline, month } = costs;
  const line = "inline-block w-6 shrink-0 border-t-2";
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-ink-2">
      <li className="flex items-center gap-1.5">
        <span aria-hidden="true" className={`${line} border-accent`} /> spent,{" "}
        {microUsdWords(month.toDate.microUsd)}
      </li>
      {month.projected !== null && (
        <li className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`${line} border-dashed border-accent`} /> projected,
          with its range
        </li>
      )}
      <li className="flex items-center gap-1.5">
        <span aria-hidden="true" className={`${line} border-dashed border-warn`} /> the server,{" "}
        {microUsdWords(baseline.microUsdPerMonth)}
      </li>
      <li className="flex items-center gap-1.5">
        <span aria-hidden="true" className={`${line} border-dotted border-ink-3`} /> the server, day
        by day
      </li>
    </ul>
  );
}

/** The month's money against the server's, day by day. */
export function SpendChart({ costs, scale }: { costs: Costs; scale: "spend" | undefined }) {
  const points = pointsOf(costs);
  const { month, baseline } = costs;
  const spent = Math.max(month.toDate.microUsd, month.projected?.highMicroUsd ?? 0);
  const most = Math.max(
    1,
    scale === "spend" ? spent * 1.05 : Math.max(spent, baseline.microUsdPerMonth),
  );
  const isSmall = spent < baseline.microUsdPerMonth / 4;
  return (
    <Panel className="px-4 py-3">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <h2 className="grow font-semibold">Spent in {deckDateWords(month.month)}</h2>
        {(isSmall || scale === "spend") && (
          <Link
            from="/costs"
            to="/costs"
            search={(given) => ({ ...given, scale: scale === "spend" ? undefined : "spend" })}
            replace
            className="min-h-6 text-[13px] font-medium text-accent-ink underline print:hidden"
          >
            {scale === "spend" ? "Scale to the server" : "Scale to what was spent"}
          </Link>
        )}
      </div>
      <p className="mb-1 text-xs text-ink-3 tabular-nums">{microUsdWords(most)}</p>
      <Lines costs={costs} points={points} most={most} />
      <p className="mt-1 mb-2 flex justify-between text-xs text-ink-3">
        <span>{dayWords(`${month.month}-01`)}</span>
        <span>
          {dayWords(new Date(monthOf(`${month.month}-01`).untilMs - 1).toISOString().slice(0, 10))}
        </span>
      </p>
      <Legend costs={costs} />
      <TableTwin>
        <DataTable
          caption={`Money spent by day in ${deckDateWords(month.month)}`}
          keyOf={({ day }) => day}
          rows={points}
          columns={[
            { name: "Up to the end of", cell: ({ day }) => dayWords(day) },
            { name: "Spent", isNumber: true, cell: (point) => microUsdWords(point.spent) },
            {
              name: "The server by then",
              isNumber: true,
              cell: ({ server }) => microUsdWords(Math.round(server)),
            },
          ]}
        />
      </TableTwin>
    </Panel>
  );
}
