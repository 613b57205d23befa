import { durationWords } from "../lib/format.ts";
import { labelPx } from "./lane-row.tsx";
import { type Scale, ticksOf } from "./scale.ts";
import { atWords } from "./words.ts";

const axisPx = 26;
/** The words of a fold need so much. */
const foldPx = 84;

/** Moments along the top, and how much is folded away where. */
export function Axis({
  scale,
  trackPx,
  zeroMs,
  wall,
}: {
  scale: Scale;
  trackPx: number;
  zeroMs: number;
  wall: boolean;
}) {
  // By the clock, ticks stand at whole minutes.
  const folds = scale.segments.filter(({ folded }) => folded);
  // What is folded away is said over the first bit of what follows.
  const isCovered = (x: number): boolean =>
    folds.some(({ at }) => x >= at * trackPx && x < at * trackPx + foldPx);
  const ticks = ticksOf(scale, trackPx, wall ? 0 : zeroMs).filter(
    (at) => !isCovered(scale.x(at) * trackPx),
  );
  return (
    <div
      aria-hidden="true"
      className="sticky top-0 z-[3] border-b border-line bg-surface text-xs text-ink-3"
      style={{ height: axisPx, width: labelPx + trackPx }}
    >
      <div
        className="sticky left-0 z-[1] h-full border-r border-line bg-surface"
        style={{ width: labelPx }}
      />
      <div className="absolute inset-y-0" style={{ left: labelPx, width: trackPx }}>
        {ticks.map((at) => (
          <span
            key={at}
            className="absolute bottom-0.5 border-l border-line-strong pl-1 whitespace-nowrap tabular-nums"
            style={{ left: scale.x(at) * trackPx }}
          >
            {atWords(at, { zeroMs }, wall)}
          </span>
        ))}
        {folds.map(({ from, until, at, width }) => (
          <span
            key={from}
            className="absolute inset-y-0 z-[1] grid place-items-center overflow-visible bg-sunken text-[10px] whitespace-nowrap"
            style={{ left: at * trackPx, minWidth: width * trackPx }}
          >
            ~ {durationWords((until - from) / 1000)} ~
          </span>
        ))}
      </div>
    </div>
  );
}

/** Folded time and now, through all lanes. */
export function Guides({
  scale,
  trackPx,
  nowMs,
  height,
}: {
  scale: Scale;
  trackPx: number;
  nowMs: number | null;
  height: number;
}) {
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-0"
      style={{ left: labelPx, width: trackPx, height }}
    >
      {scale.segments
        .filter(({ folded }) => folded)
        .map(({ from, at, width }) => (
          <div
            key={from}
            className="absolute inset-y-0 border-x border-dashed border-line-strong bg-sunken"
            style={{ left: at * trackPx, width: width * trackPx }}
          />
        ))}
      {nowMs !== null && (
        <div
          data-fill
          className="absolute inset-y-0 w-px bg-accent"
          style={{ left: scale.x(nowMs) * trackPx }}
        />
      )}
    </div>
  );
}
