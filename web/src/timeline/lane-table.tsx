import { useState } from "react";
import { Button } from "../ui/button.tsx";
import type { Chart, Lane } from "./model.ts";
import { atWords, stateWords, tookWords } from "./words.ts";

interface Row {
  readonly key: string;
  /** Of a box or marker; null: a phase, that has no details. */
  readonly id: string | null;
  readonly lane: string;
  readonly what: string;
  readonly state: string;
  readonly from: number;
  readonly until: number | null;
  readonly isMoment: boolean;
}

function rowsOf(lane: Lane): Row[] {
  const { name } = lane;
  return [
    ...lane.bands.map(({ from, until, words, kind }) => ({
      ...{ key: `${lane.id} ${kind} ${from}`, id: null, lane: name, what: "container" },
      ...{ state: words, from, until, isMoment: false },
    })),
    ...lane.rows.flat().map(({ id, from, until, label, state, again }) => ({
      ...{ key: id, id, lane: name, what: label, from, until, isMoment: false },
      state: `${stateWords[state]}${again ? ", not the first attempt" : ""}`,
    })),
    ...lane.markers.map(({ id, at, sentence, label }) => ({
      ...{ key: id, id, lane: name, what: label, state: sentence },
      ...{ from: at, until: at, isMoment: true },
    })),
  ].toSorted((a, b) => a.from - b.from);
}

const shownFirst = 200;

/** The same as the chart, as a table: for small screens, screen readers and whoever likes numbers. */
export function LaneTable({
  chart,
  name,
  wall,
  selected,
  onSelect,
}: {
  chart: Chart;
  name: string;
  wall: boolean;
  selected: string | null;
  onSelect: (id: string | null) => void;
}) {
  const [all, setAll] = useState(false);
  const rows = chart.lanes.flatMap(rowsOf);
  const shown = all ? rows : rows.slice(0, shownFirst);
  const end = chart.nowMs ?? chart.until;
  return (
    <div>
      <table className="w-full text-[13px] max-sm:block">
        <caption className="sr-only">{name}</caption>
        <thead className="text-left text-xs text-ink-3 max-sm:sr-only">
          <tr className="border-b border-line">
            {["Lane", "What", "State", "From", "Until", "Took"].map((head) => (
              <th key={head} scope="col" className="px-3 py-1.5 font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {shown.map((row) => (
            <tr
              key={row.key}
              className={`border-b border-line align-top last:border-0 max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:px-3 max-sm:py-2 ${
                row.id !== null && row.id === selected ? "bg-accent-soft" : ""
              }`}
            >
              <th scope="row" className="px-3 py-1 text-left font-normal text-ink-2 max-sm:p-0">
                {row.lane}
              </th>
              <td className="px-3 py-1 max-sm:p-0">
                {row.id === null ? (
                  row.what
                ) : (
                  <button
                    type="button"
                    className="min-h-6 text-left font-medium text-accent-ink underline"
                    onClick={() => onSelect(row.id)}
                  >
                    {row.what}
                  </button>
                )}
              </td>
              <td className="px-3 py-1 break-words max-sm:col-span-2 max-sm:p-0">{row.state}</td>
              <td className="px-3 py-1 tabular-nums whitespace-nowrap max-sm:p-0">
                <span className="text-ink-3 sm:hidden">from </span>
                {atWords(row.from, chart, wall)}
              </td>
              <td className="px-3 py-1 tabular-nums whitespace-nowrap max-sm:hidden">
                {row.isMoment ? "" : row.until === null ? "still" : atWords(row.until, chart, wall)}
              </td>
              <td className="px-3 py-1 tabular-nums whitespace-nowrap max-sm:p-0">
                {row.isMoment ? "" : tookWords((row.until ?? end) - row.from)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <p className="p-3 text-center">
          <Button onClick={() => setAll(true)}>Show all {rows.length} lines</Button>
        </p>
      )}
    </div>
  );
}
