import type { Curve, ReportRow, ReportShare, Waits } from "./data.ts";
import { waitNames } from "./histogram.ts";
import { breakable, escaped, hours, intervalText, percent, shareText, time, usd } from "./words.ts";

/** Tables of the page: the main one, and those that say in figures what a picture shows. */

const th = (text: string, kind = ""): string =>
  `<th scope="col"${kind === "" ? "" : ` class="${kind}"`}>${escaped(text)}</th>`;
const td = (text: string): string => `<td>${escaped(text)}</td>`;

function table(caption: string, head: readonly string[], rows: readonly string[][]): string {
  const [first = "", ...others] = head;
  const heads = th(first, "name") + others.map((text) => th(text)).join("");
  const body = rows.map(
    ([name = "", ...cells]) =>
      `<tr><th scope="row">${breakable(name)}</th>${cells.map(td).join("")}</tr>`,
  );
  return `<div class="wide" role="region" aria-label="${escaped(caption)}" tabindex="0"><table><caption>${escaped(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

/** The figures of all policies; the cheapest, the quickest and the readiest are marked. */
export function mainTable(rows: readonly ReportRow[]): string {
  const best = {
    usd: Math.min(...rows.map((row) => row.usdPerDocument)),
    p50: Math.min(...rows.map((row) => row.p50Ms)),
    p95: Math.min(...rows.map((row) => row.p95Ms)),
    text: Math.min(...rows.map((row) => row.textWaitMs)),
    feasible: Math.max(...rows.map((row) => row.feasible.share ?? 0)),
  };
  const cell = (text: string, isBest: boolean, below = ""): string =>
    `<td${isBest ? ' class="best"' : ""}>${escaped(text)}${below === "" ? "" : `<small>${escaped(below)}</small>`}</td>`;
  const share = (of: ReportShare, isBest = false): string =>
    cell(shareText(of), isBest, intervalText(of));
  const body = rows.map((row) => {
    const total = row.hours.busy + row.hours.cold + row.hours.idle;
    const figures = [
      cell(usd(row.usdPerDocument), row.usdPerDocument === best.usd),
      cell(time(row.p50Ms), row.p50Ms === best.p50),
      cell(time(row.p95Ms), row.p95Ms === best.p95),
      cell(time(row.textWaitMs), row.textWaitMs === best.text),
      share(row.onTime),
      share(row.within30s),
      share(row.feasible, rows.length > 1 && row.feasible.share === best.feasible),
      `<td>${hoursBar(row, total)}</td>`,
    ];
    return `<tr><th scope="row">${breakable(row.policy)}</th>${figures.join("")}</tr>`;
  });
  const head = [
    '<tr><th rowspan="2" scope="col" class="name">Policy</th><th rowspan="2" scope="col">Cost of a document</th><th rowspan="2" scope="col">Half done within</th><th rowspan="2" scope="col">95 % done within</th><th rowspan="2" scope="col">Mean wait for text</th><th colspan="3" scope="colgroup">Text ready when needed</th><th rowspan="2" scope="col">GPU hours: busy, cold, idle</th></tr>',
    `<tr>${["of all", "within 30 s", "of the feasible"].map((text) => th(text)).join("")}</tr>`,
  ];
  return `<div class="wide" role="region" aria-label="Figures of all policies" tabindex="0"><table class="main"><caption>Means over the seeds. Small figures: 95 % interval of a share. The best of a column is bold.</caption><thead>${head.join("")}</thead><tbody>${body.join("")}</tbody></table></div>`;
}

function hoursBar({ hours: spent }: ReportRow, total: number): string {
  const part = (value: number, kind: string): string =>
    `<i class="${kind}" style="width:${total > 0 ? ((value / total) * 100).toFixed(1) : "0"}%"></i>`;
  const words = [spent.busy, spent.cold, spent.idle].map(hours).join(" / ");
  return `<span class="hours" aria-hidden="true">${part(spent.busy, "busy")}${part(spent.cold, "cold")}${part(spent.idle, "idle")}</span><span class="figures">${words}</span>`;
}

export function curveTable(curves: readonly Curve[]): string {
  const rows = curves.flatMap(({ name, setting, points }) =>
    points.map((point) => [
      name,
      setting,
      point.label,
      usd(point.usdPerDocument),
      time(point.delayMs),
    ]),
  );
  return table(
    "Cost against delay",
    ["Policy", "Setting", "Value", "Cost of a document", "Mean delay"],
    rows,
  );
}

export function waitTable(waits: readonly Waits[], which: "text" | "all"): string {
  const caption = which === "text" ? "Wait for a text replica" : "Delay over the quickest possible";
  const rows = waits.map((one) => [one.policy, ...one[which].map(percent)]);
  return table(`${caption}: share of documents`, ["Policy", ...waitNames], rows);
}
