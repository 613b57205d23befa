import type { ReactNode } from "react";
import type { Interval } from "../../../src/sim/judge/bootstrap.ts";
import { waitEdgesMs } from "../../../src/sim/report/data.ts";
import type { WhatIfResult } from "../../../src/sim/what-if/result.ts";
import { Panel } from "../ui/panel.tsx";
import type { Outcome } from "./use-what-if.ts";
import { WaitChart } from "./wait-chart.tsx";
import {
  answerWords,
  isSure,
  moreSeconds,
  moreUsd,
  percentWords,
  rangeWords,
  replayWords,
  secondsWords,
  serverUsd,
  usdWords,
} from "./words.ts";

const few = 20;

/** The answer in a sentence, the figures side by side with their intervals, and how long decks waited. */
export function Results({ outcome: { a, b, difference, playedDays } }: { outcome: Outcome }) {
  const n = a.figures.documents;
  return (
    <div className="space-y-4">
      <p role="status" className="text-base font-medium">
        {answerWords(a, b, difference)}
      </p>
      {playedDays !== null && <p>{replayWords(playedDays, a.hours, difference)}</p>}
      <Panel>
        <table className="w-full text-left">
          <caption className="border-b border-line px-3 py-2 text-left text-[13px] text-ink-2">
            {n.toLocaleString("en-US")} decks each, of {a.replications}{" "}
            {a.replications === 1 ? "replication" : "replications"}; in brackets what holds the
            figure in 95 of 100 draws. {n < few && "Few samples."}
          </caption>
          <thead className="text-xs text-ink-2">
            <tr>
              {["Figure", "A", "B", "B less A"].map((head) => (
                <th key={head} scope="col" className="px-3 py-1.5 font-medium max-sm:px-1.5">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            <FigureRow
              name={`A month, against ${usdWords(serverUsd)}`}
              values={[a, b].map(({ usdPerMonth }) => money(usdPerMonth))}
              more={<More of={difference.usdPerMonth} words={moreUsd} />}
            />
            <FigureRow
              name="A deck"
              values={[a, b].map(({ usdPerDocument }) => money(usdPerDocument))}
              more={<More of={difference.usdPerDocument} words={moreUsd} />}
            />
            <FigureRow
              name="Upload to end, half of the decks"
              values={[a, b].map(({ figures }) => secondsWords(figures.completionP50Ms))}
            />
            <FigureRow
              name="Upload to end, 95 % of the decks"
              values={[a, b].map(({ p95Ms }) => (
                <Figure key="p95" of={p95Ms} words={secondsWords} />
              ))}
              more={<More of={difference.p95Ms} words={moreSeconds} />}
            />
            <FigureRow
              name="Done within 15 min"
              values={[a, b].map(({ within }) => (
                <Figure key="within" of={within} words={percentWords} />
              ))}
            />
            <FigureRow
              name="Waiting for machines, mean"
              values={[a, b].map(({ figures }) => secondsWords(figures.meanDelayMs))}
            />
            <FigureRow
              name="Cold starts hidden: text was ready when needed"
              values={[a, b].map(({ figures }) => percentWords(figures.onTime.share))}
            />
            <FigureRow
              name="Cold starts seen: text came late"
              values={[a, b].map(({ figures: { onTime } }) =>
                percentWords(onTime.share === null ? null : 1 - onTime.share),
              )}
            />
            <FigureRow
              name="Starts for 100 decks, of them for nothing"
              values={[a, b].map(
                ({ figures: { startsPer100, wastedStartsPer100 } }) =>
                  `${(startsPer100 ?? 0).toFixed(1)}, ${(wastedStartsPer100 ?? 0).toFixed(1)}`,
              )}
            />
            <FigureRow
              name="Utilisation: of the hours paid, work"
              values={[a, b].map(({ utilisation }) => percentWords(utilisation))}
            />
          </tbody>
        </table>
      </Panel>
      <div className="grid gap-4 lg:grid-cols-2">
        <MonthBars results={[a, b]} />
        <WaitChart edgesMs={waitEdgesMs} a={a.waits} b={b.waits} />
      </div>
    </div>
  );
}

const money = (of: Interval) => <Figure key="money" of={of} words={usdWords} />;

function Figure({ of, words }: { of: Interval; words: (value: number) => string }) {
  const range = rangeWords(of, words);
  return (
    <>
      {words(of.estimate)}
      {range !== "" && <span className="block text-xs text-ink-2">[{range}]</span>}
    </>
  );
}

function More({ of, words }: { of: Interval; words: (value: number) => string }) {
  return (
    <>
      {words(of.estimate)}
      <span className="block text-xs text-ink-2">[{rangeWords(of, words)}]</span>
      {!isSure(of) && <span className="block text-xs text-ink-2">may be chance</span>}
    </>
  );
}

function FigureRow({
  name,
  values,
  more,
}: {
  name: string;
  values: readonly ReactNode[];
  more?: ReactNode;
}) {
  const cell = "px-3 py-2 align-top tabular-nums max-sm:px-1.5 max-sm:wrap-anywhere";
  return (
    <tr>
      <th scope="row" className={`${cell} font-normal break-words`}>
        {name}
      </th>
      {values.map((value, at) => (
        <td key={at === 0 ? "a" : "b"} className={cell}>
          {value}
        </td>
      ))}
      <td className={cell}>{more}</td>
    </tr>
  );
}

/** A month of both as bars, with the line of the server they would replace. Its table is the one above. */
function MonthBars({ results }: { results: readonly [WhatIfResult, WhatIfResult] }) {
  const most = Math.max(serverUsd * 1.1, ...results.map(({ usdPerMonth }) => usdPerMonth.high));
  const x = (usd: number): number => 24 + (usd / most) * 452;
  return (
    <Panel className="p-3">
      <h2 className="font-semibold">A month, against {usdWords(serverUsd)}</h2>
      <svg
        viewBox="0 0 500 132"
        className="mt-2 w-full"
        role="img"
        aria-label={`A month of A costs ${usdWords(results[0].usdPerMonth.estimate)}, of B ${usdWords(results[1].usdPerMonth.estimate)}, the server ${usdWords(serverUsd)}.`}
      >
        {results.map(({ usdPerMonth: { estimate, low, high } }, at) => {
          const y = 14 + at * 46;
          return (
            <g key={at === 0 ? "A" : "B"}>
              <text x="4" y={y + 20} className="fill-ink text-[14px] font-medium">
                {at === 0 ? "A" : "B"}
              </text>
              <rect
                x={x(0)}
                y={y}
                width={Math.max(1, x(estimate) - x(0))}
                height="30"
                className={at === 0 ? "fill-step-3" : "fill-step-5"}
              />
              <path
                d={`M${x(low)} ${y + 15}H${x(high)}M${x(low)} ${y + 8}v14M${x(high)} ${y + 8}v14`}
                className="stroke-ink"
                strokeWidth="2"
                fill="none"
              />
            </g>
          );
        })}
        <path
          d={`M${x(serverUsd)} 4V108`}
          className="stroke-bad"
          strokeWidth="2"
          strokeDasharray="6 4"
        />
        <text x={x(serverUsd)} y="124" textAnchor="end" className="fill-ink-2 text-[13px]">
          the server, {usdWords(serverUsd)}
        </text>
      </svg>
    </Panel>
  );
}
