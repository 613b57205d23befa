import type { Curve, ReportData, Timelines, Waits } from "./data.ts";
import { waitPicture } from "./histogram.ts";
import { paretoPicture } from "./pareto.ts";
import { style } from "./style.ts";
import { mark } from "./svg.ts";
import { curveTable, mainTable, waitTable } from "./tables.ts";
import { timelinePicture } from "./timeline.ts";
import { breakable, escaped } from "./words.ts";

/**
 * One page that stands by itself: no script, and its policy forbids the browser to ask anybody for
 * anything. It follows the light or dark of the reader's system and can be printed.
 */
export function reportPage(data: ReportData): string {
  const parts = [
    `<h1>${escaped(data.title)}</h1>`,
    `<dl>${data.facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join("")}</dl>`,
    `<h2>Policies</h2><div class="card">${mainTable(data.rows)}</div>${glossary}`,
    data.curves.length === 0 ? "" : curveSection(data.curves),
    data.timelines === null ? "" : timelineSection(data.timelines),
    data.waits.length === 0 ? "" : waitSection(data.waits),
    "<footer>Made by pilotlight simulate. The page holds no script and asks for nothing.</footer>",
  ];
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark"><title>${escaped(data.title)}</title><style>${style}</style></head>
<body><main>${parts.join("\n")}</main></body></html>
`;
}

/** On a narrow screen a picture keeps its size and is moved sideways, by keys too. */
const scrollable = (name: string, picture: string): string =>
  `<div class="wide plot" role="region" aria-label="${escaped(name)}" tabindex="0">${picture}</div>`;

const glossary =
  "<p>A document is on time when a text replica is ready, perhaps busy, at the moment its slides are read. It is feasible when one was ready at its upload, or a start at its upload would have been in time. Within 30 s: its first text task began so soon after. Cold hours are paid time of starts.</p>";

function curveSection(curves: readonly Curve[]): string {
  const keys = curves.map(
    ({ name, setting }, series) =>
      `<li><svg viewBox="0 0 16 14" aria-hidden="true">${mark(series, 8, 7, 5, name)}</svg>${escaped(name)}, by ${escaped(setting)}</li>`,
  );
  return `<h2>What a shorter delay costs</h2><p>Each mark is one setting of a policy. Further down is cheaper, further left is faster; a policy is better where its marks lie below and left of another's. Marks beyond the frame are in the table.</p><div class="card">${scrollable("Cost against delay", paretoPicture(curves))}<ul class="key">${keys.join("")}</ul><details><summary>As a table</summary>${curveTable(curves)}</details></div>`;
}

function timelineSection(timelines: Timelines): string {
  const pictures = timelines.policies.map(
    (timeline, index) =>
      `<figure class="card"><figcaption>${breakable(timeline.policy)}</figcaption>${scrollable(`Replicas of ${timeline.policy}`, timelinePicture(timeline, timelines, index))}</figure>`,
  );
  const key = (pool: string, name: string): string =>
    `<li><svg viewBox="0 0 16 14" aria-hidden="true"><rect y="1" width="16" height="12" class="on p-${pool}"/></svg>${name}</li>`;
  const pools = new Set(
    timelines.policies.flatMap(({ lanes }) => lanes.map(({ replica }) => replica.split("-")[0])),
  );
  const keys = [
    `<li><svg viewBox="0 0 16 14" aria-hidden="true"><rect y="1" width="16" height="12" class="hatch"/></svg>starting</li>`,
    ...[...pools].map((pool) => key(pool ?? "", `${escaped(pool ?? "")} ready`)),
  ];
  return `<h2>One day</h2><p>${escaped(timelines.why)} The same day and the same machines for every policy, with the first seed. Pointing at a bar tells its times.</p><ul class="key">${keys.join("")}</ul>${pictures.join("")}`;
}

function waitSection(waits: readonly Waits[]): string {
  const half = (which: "text" | "all", title: string, words: string): string => {
    const topShare = Math.max(...waits.flatMap((one) => one[which]));
    const pictures = waits.map(
      (one, index) =>
        `<figure><figcaption>${breakable(one.policy)}</figcaption>${waitPicture(`wait-${which}-${index}`, `${title}, ${one.policy}`, one[which], topShare)}</figure>`,
    );
    return `<h3>${title}</h3><p>${words}</p><div class="card"><div class="grid3">${pictures.join("")}</div><details><summary>As a table</summary>${waitTable(waits, which)}</details></div>`;
  };
  return `<h2>How long documents waited</h2>${half("text", "Wait for a text replica", "From the moment the slides are read to the first text task.")}${half("all", "Delay over the quickest possible", "All waiting of a document: its time from upload to end, less its own work along the longest path.")}`;
}
