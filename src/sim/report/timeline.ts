import type { Lane, LaneLife, Timeline, Timelines } from "./data.ts";
import { label, line, picture, px } from "./svg.ts";
import { escaped, percent, time } from "./words.ts";

const width = 960;
const left = 92;
const right = width - 16;
const laneHeight = 18;
const laneGap = 6;
const top = 26;

/** The replicas of one policy in the window: hatched while they start, filled once they are ready. */
export function timelinePicture(
  timeline: Timeline,
  { fromMs, untilMs, arrivalsMs }: Timelines,
  index: number,
): string {
  const x = (ms: number): number =>
    left +
    ((right - left) * (Math.min(untilMs, Math.max(fromMs, ms)) - fromMs)) / (untilMs - fromMs);
  const height = top + timeline.lanes.length * (laneHeight + laneGap) + 26;
  const bottom = height - 24;
  const lanes = timeline.lanes.map((lane, n) => laneOf(lane, top + n * (laneHeight + laneGap), x));
  const ticks = hourTicks(fromMs, untilMs).map(
    (ms) =>
      line(x(ms), top - 6, x(ms), bottom, "grid") +
      label(x(ms), height - 6, `${Math.round((ms - fromMs) / 3_600_000)} h`, "tick", "middle"),
  );
  const arrivals = arrivalsMs.map((ms) => `M${px(x(ms))} 6v10`).join("");
  return picture({
    id: `line-${index}`,
    width,
    height,
    title: `Replicas of ${timeline.policy}`,
    description: timeline.lanes.map(laneWords).join("; ") || "No replica ran.",
    body: `${hatch(index)}${ticks.join("")}${label(left - 10, 15, "uploads", "tick", "end")}<path d="${arrivals}" class="arrivals"/>${lanes.join("").replaceAll("HATCH", `url(#hatch-${index})`)}`,
  });
}

const hatch = (index: number): string =>
  `<defs><pattern id="hatch-${index}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="5" class="hatch"/></pattern></defs>`;

function hourTicks(fromMs: number, untilMs: number): number[] {
  const hours = (untilMs - fromMs) / 3_600_000;
  const step = hours > 12 ? 2 : hours > 6 ? 1 : 0.5;
  return Array.from(
    { length: Math.floor(hours / step) + 1 },
    (_, n) => fromMs + n * step * 3_600_000,
  );
}

function laneOf({ replica, lives }: Lane, y: number, x: (ms: number) => number): string {
  const pool = replica.split("-")[0] ?? "";
  const base = `<rect x="${left}" y="${px(y)}" width="${right - left}" height="${laneHeight}" class="lane"/>`;
  const name = label(left - 10, y + laneHeight - 5, replica, "tick", "end");
  return base + name + lives.map((life) => lifeOf(life, pool, y, x)).join("");
}

function lifeOf(life: LaneLife, pool: string, y: number, x: (ms: number) => number): string {
  const readyMs = life.readyMs ?? life.untilMs;
  const bar = (fromMs: number, untilMs: number, paint: string): string =>
    untilMs <= fromMs
      ? ""
      : `<rect x="${px(x(fromMs))}" y="${px(y)}" width="${px(Math.max(0.8, x(untilMs) - x(fromMs)))}" height="${laneHeight}" ${paint}/>`;
  const words = `${time(readyMs - life.fromMs)} to start, then ready for ${time(life.untilMs - readyMs)}, ${percent(life.busy)} of it at work`;
  const cold = bar(life.fromMs, readyMs, `class="cold p-${pool}" style="fill:HATCH"`);
  const ready = bar(readyMs, life.untilMs, `class="on p-${pool}"`);
  return `<g>${cold}${ready}<title>${escaped(words)}</title></g>`;
}

function laneWords({ replica, lives }: Lane): string {
  const onMs = lives.reduce((sum, life) => sum + life.untilMs - life.fromMs, 0);
  return `${replica}: ${lives.length} ${lives.length === 1 ? "start" : "starts"}, on for ${time(onMs)}`;
}
