import type { FailureGroupView } from "./types.ts";

const dayWords = (at: string, step: "hour" | "day"): string =>
  new Date(at).toLocaleString("en-GB", {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    ...(step === "hour" ? { hour: "2-digit", minute: "2-digit" } : {}),
  });

/** Failures by hour or day as bars; the same figures as a table beneath. */
export function Trend({ group, step }: { group: FailureGroupView; step: "hour" | "day" }) {
  const { trend } = group;
  const most = Math.max(1, ...trend.map(({ count }) => count));
  return (
    <div className="w-36 shrink-0">
      <div
        aria-hidden="true"
        className="flex h-9 items-end gap-px border-b border-line-strong"
        title={`At most ${most} in one ${step}`}
      >
        {trend.map(({ from, count }) => (
          <div
            key={from}
            title={`${dayWords(from, step)} UTC: ${count}`}
            className={`min-w-0 grow ${count > 0 ? "bg-bad" : ""}`}
            style={{ height: count === 0 ? 0 : `${Math.max(8, (100 * count) / most)}%` }}
          />
        ))}
      </div>
      <details className="text-xs text-ink-3">
        <summary className="min-h-6 w-fit py-1">
          By {step}
          <span className="sr-only"> as a table</span>
        </summary>
        <table className="w-full tabular-nums">
          <thead>
            <tr>
              <th scope="col" className="text-left font-medium">
                {step === "hour" ? "Hour" : "Day"} (UTC)
              </th>
              <th scope="col" className="text-right font-medium">
                Failures
              </th>
            </tr>
          </thead>
          <tbody>
            {trend
              .filter(({ count }) => count > 0)
              .map(({ from, count }) => (
                <tr key={from}>
                  <th scope="row" className="text-left font-normal">
                    {dayWords(from, step)}
                  </th>
                  <td className="text-right">{count}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}
