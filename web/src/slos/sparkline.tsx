import type { Change, Slo } from "../../../src/contract/slos.ts";
import { dayWords } from "../costs/search.ts";
import { DataTable, TableTwin } from "../costs/table.tsx";
import { changesByDay, percentWords } from "./words.ts";

type Day = Slo["days"][number];

const [width, height] = [280, 40];
/** Above the bars, for marks of what changed. */
const head = 8;

/** Half of the height is the target; a day below it hangs down. */
function Bars({ slo, changed }: { slo: Slo; changed: ReadonlyMap<string, string[]> }) {
  const step = width / slo.days.length;
  const worst = Math.max(0.01, 1 - slo.target);
  return (
    <svg
      viewBox={`0 ${-head} ${width} ${height + head}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${slo.promise}: share of cases that kept it, by day, 28 days; the table has the figures.`}
      className="h-12 w-full"
    >
      {slo.days.map(({ day, good, n }, index) => {
        const x = index * step + 1;
        if (n === 0) {
          return (
            <rect
              key={day}
              x={x}
              y={height - 2}
              width={step - 2}
              height="2"
              className="fill-line-strong"
            />
          );
        }
        const missed = 1 - good / n;
        const isKept = missed <= 1 - slo.target + 1e-9;
        const tall = isKept
          ? (height / 2) * (1 - missed / (2 * worst))
          : Math.max(4, (height / 2) * Math.min(1, missed / (4 * worst)));
        return (
          <rect
            key={day}
            x={x}
            y={isKept ? height / 2 - tall : height / 2}
            width={step - 2}
            height={tall}
            className={isKept ? "fill-good" : "fill-bad"}
          />
        );
      })}
      {slo.days.map(({ day }, index) => {
        const [left, right] = [index * step + 1, (index + 1) * step - 1];
        return (
          changed.has(day) && (
            <polygon
              key={day}
              points={`${left},${-head} ${right},${-head} ${(left + right) / 2},-1`}
              className="fill-ink-2"
            />
          )
        );
      })}
      <line
        {...{ x1: 0, x2: width, y1: height / 2, y2: height / 2 }}
        className="stroke-line-strong"
        strokeDasharray="3 3"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** Each of 28 days: up where the target was kept, down where it was not, a dash without a case. */
export function Sparkline({ slo, changes }: { slo: Slo; changes: readonly Change[] }) {
  const changed = changesByDay(changes);
  if (slo.state !== "measured") return null;
  return (
    <div>
      <Bars slo={slo} changed={changed} />
      <p className="text-xs text-ink-3">
        28 days; up: the target was kept, down: it was not, a dash: no case
        {changed.size > 0 && ", a mark above: something changed"}
      </p>
      <TableTwin>
        <DataTable<Day>
          caption={`${slo.promise}, by day`}
          rows={slo.days}
          keyOf={({ day }) => day}
          columns={[
            { name: "Day (UTC)", cell: ({ day }) => dayWords(day) },
            { name: "Kept", isNumber: true, cell: ({ good }) => good },
            { name: "Cases", isNumber: true, cell: ({ n }) => n },
            {
              name: "Share",
              isNumber: true,
              cell: ({ good, n }) => (n === 0 ? "no case" : percentWords(good / n)),
            },
            { name: "Changed", cell: ({ day }) => changed.get(day)?.join(" ") ?? "" },
          ]}
        />
      </TableTwin>
    </div>
  );
}
