import { waitEdgesMs } from "./data.ts";
import { label, line, picture, px, scaleTo } from "./svg.ts";
import { escaped, percent } from "./words.ts";

const width = 300;
const height = 180;
const area = { left: 46, right: width - 4, top: 10, bottom: height - 34 };

/** Names of the bars: `under 1 s`, `1 to 10 s`, ..., `over 15 min`. */
export const waitNames: readonly string[] = [...waitEdgesMs, null].map((edgeMs, bin) => {
  const belowMs = waitEdgesMs[bin - 1];
  if (belowMs === undefined) return `under ${short(edgeMs ?? 0)}`;
  return edgeMs === null ? `over ${short(belowMs)}` : `${short(belowMs)} to ${short(edgeMs)}`;
});

function short(ms: number): string {
  return ms < 60_000 ? `${ms / 1_000} s` : `${ms / 60_000} min`;
}

/** Shares of documents by how long they waited. All pictures of a row have the same height of 100 %. */
export function waitPicture(
  id: string,
  title: string,
  shares: readonly number[],
  topShare: number,
): string {
  const y = scaleTo(topShare * 100, area.bottom, area.top, 4);
  const step = (area.right - area.left) / shares.length;
  const grid = y.ticks.map(
    (value) =>
      line(area.left, y(value), area.right, y(value), "grid") +
      label(area.left - 6, y(value) + 4, `${Math.round(value)} %`, "tick", "end"),
  );
  const bars = shares.map((share, bin) => {
    const x = area.left + bin * step;
    const upMs = waitEdgesMs[bin];
    const name =
      upMs === undefined ? "" : label(x + step, area.bottom + 14, edge(upMs), "tiny", "middle");
    const bar = `<rect x="${px(x + 1)}" y="${px(y(share * 100))}" width="${px(step - 2)}" height="${px(area.bottom - y(share * 100))}" class="bar s0"><title>${escaped(`${waitNames[bin]}: ${percent(share)} of documents`)}</title></rect>`;
    return bar + name;
  });
  const seconds = label((area.left + area.right) / 2, height - 4, "waited up to", "tiny", "middle");
  return picture({
    ...{ id, width, height, title },
    description: shares.map((share, bin) => `${waitNames[bin]}: ${percent(share)}`).join("; "),
    body: grid.join("") + bars.join("") + seconds,
  });
}

const edge = (ms: number): string => (ms < 60_000 ? `${ms / 1_000}s` : `${ms / 60_000}m`);
