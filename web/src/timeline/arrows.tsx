import { labelPx, rowMiddle } from "./lane-row.tsx";
import type { Arrow, Box, Lane } from "./model.ts";
import type { Scale } from "./scale.ts";

interface Spot {
  readonly box: Box;
  readonly y: number;
}

function spotsOf(lanes: readonly Lane[], tops: readonly number[]): Map<string, Spot> {
  const spots = new Map<string, Spot>();
  for (const [index, lane] of lanes.entries()) {
    for (const [row, boxes] of lane.rows.entries()) {
      for (const box of boxes) spots.set(box.id, { box, y: (tops[index] ?? 0) + rowMiddle(row) });
    }
  }
  return spots;
}

/** Who took over from whom. For the eye: the same stands in words below the chart. */
export function Arrows({
  arrows,
  lanes,
  tops,
  scale,
  trackPx,
  nowMs,
  height,
}: {
  arrows: readonly Arrow[];
  lanes: readonly Lane[];
  /** Where each lane begins. */
  tops: readonly number[];
  scale: Scale;
  trackPx: number;
  nowMs: number;
  height: number;
}) {
  if (arrows.length === 0) return null;
  const spots = spotsOf(lanes, tops);
  const x = (ms: number): number => labelPx + scale.x(ms) * trackPx;
  return (
    <svg
      aria-hidden="true"
      className="pointer-events-none absolute top-0 left-0 z-[1]"
      width={labelPx + trackPx}
      height={height}
    >
      {arrows.map(({ from, to }) => {
        const [a, b] = [spots.get(from), spots.get(to)];
        if (a === undefined || b === undefined) return null;
        const [x1, x2] = [x(a.box.until ?? nowMs), x(b.box.from)];
        // Where there is no room between them, it goes down at the end of the first.
        const middle = Math.max(x1, Math.min((x1 + x2) / 2, x2 - 8));
        return (
          <g key={`${from} ${to}`}>
            <path
              d={`M${x1},${a.y} H${middle} V${b.y} H${x2 - 1}`}
              className="fill-none stroke-ink-3"
              strokeWidth={1.5}
            />
            <path d={`M${x2},${b.y} l-6,-3.500 v7 z`} className="fill-ink-3" />
          </g>
        );
      })}
    </svg>
  );
}
