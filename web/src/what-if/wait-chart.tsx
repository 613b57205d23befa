import { durationWords } from "../lib/format.ts";
import { Panel } from "../ui/panel.tsx";
import { percentWords } from "./words.ts";

const [width, height, foot] = [500, 190, 40];

/** How long decks waited for machines beyond their own work: a bar for each setting, and the same as a table. */
export function WaitChart({
  edgesMs,
  a,
  b,
}: {
  edgesMs: readonly number[];
  a: readonly number[];
  b: readonly number[];
}) {
  const most = Math.max(0.01, ...a, ...b);
  const step = width / a.length;
  const bar = (share: number): number => (share / most) * (height - foot - 8);
  const words = (at: number): string => {
    const edge = edgesMs[at];
    if (edge === undefined) return `${durationWords((edgesMs.at(-1) ?? 0) / 1000)} or more`;
    return `under ${durationWords(edge / 1000)}`;
  };
  const short = (at: number): string => {
    const edge = edgesMs[at];
    if (edge === undefined) return "more";
    return edge < 60_000 ? `${edge / 1000} s` : `${edge / 60_000} min`;
  };
  return (
    <Panel className="p-3">
      <h2 className="font-semibold">How long decks waited for machines</h2>
      <svg viewBox={`0 0 ${width} ${height}`} className="mt-2 w-full" aria-hidden="true">
        <title>Shares of decks by how long they waited</title>
        {a.map((share, at) => {
          const left = at * step;
          const base = height - foot;
          return (
            <g key={words(at)}>
              <rect
                x={left + step * 0.1}
                y={base - bar(share)}
                width={step * 0.38}
                height={bar(share)}
                className="fill-step-3"
              />
              <rect
                x={left + step * 0.52}
                y={base - bar(b[at] ?? 0)}
                width={step * 0.38}
                height={bar(b[at] ?? 0)}
                className="fill-step-5"
              />
              <text
                x={left + step / 2}
                y={base + 16}
                textAnchor="middle"
                className="fill-ink-2 text-[12px]"
              >
                {short(at)}
              </text>
            </g>
          );
        })}
        <path d={`M0 ${height - foot}H${width}`} className="stroke-line-strong" />
        <rect x="4" y={height - 16} width="12" height="12" className="fill-step-3" />
        <text x="20" y={height - 6} className="fill-ink text-[13px]">
          A
        </text>
        <rect x="44" y={height - 16} width="12" height="12" className="fill-step-5" />
        <text x="60" y={height - 6} className="fill-ink text-[13px]">
          B
        </text>
        <text x={width} y={height - 6} textAnchor="end" className="fill-ink-2 text-[12px]">
          waited less than
        </text>
      </svg>
      <details>
        <summary className="min-h-6 text-[13px] text-ink-2">As a table</summary>
        <table className="mt-1 w-full text-left text-[13px] tabular-nums">
          <caption className="sr-only">Shares of decks by how long they waited</caption>
          <thead className="text-xs text-ink-2">
            <tr>
              <th scope="col" className="font-medium">
                Waited
              </th>
              <th scope="col" className="font-medium">
                A
              </th>
              <th scope="col" className="font-medium">
                B
              </th>
            </tr>
          </thead>
          <tbody>
            {a.map((share, at) => (
              <tr key={words(at)} className="border-t border-line">
                <th scope="row" className="py-1 font-normal">
                  {words(at)}
                </th>
                <td>{percentWords(share)}</td>
                <td>{percentWords(b[at] ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </Panel>
  );
}
