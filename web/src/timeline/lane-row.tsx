import { memo } from "react";
import type { BandKind, Box, Lane, Marker } from "./model.ts";
import type { Scale } from "./scale.ts";
import { atWords } from "./words.ts";

/** Room for the names of lanes. */
export const labelPx = 148;
const bandPx = 8;
const rowPx = 24;
const padPx = 6;
/** What happens in an instant can still be seen. */
const boxMinPx = 3;
/** What stands on the keyboard is large enough to be hit. */
const targetPx = 24;

export const laneHeight = ({ rows }: Pick<Lane, "rows">): number =>
  2 * padPx + bandPx + 2 + Math.max(1, rows.length) * rowPx;

/** The middle of a box's row, from the top of its lane. */
export const rowMiddle = (row: number): number => padPx + bandPx + 2 + row * rowPx + rowPx / 2;

export const bandFills: Readonly<Record<BandKind, string>> = {
  wait: "bg-step-1",
  pull: "bg-step-3",
  load: "bg-step-6",
  ready: "bg-track",
  drain: "bg-warn",
};

export const toneFills = [
  "bg-step-3 text-on-accent",
  "bg-step-4 text-on-accent",
  "bg-step-5 text-on-accent",
  "bg-step-7 text-on-accent",
  "bg-step-2 text-on-accent",
  "bg-step-6 text-on-accent",
  "bg-step-1 text-on-accent",
] as const;

export interface Drawing {
  readonly scale: Scale;
  readonly trackPx: number;
  /** Where what lasts ends. */
  readonly nowMs: number;
  readonly zeroMs: number;
  readonly wall: boolean;
  /** The one that Tab comes to. */
  readonly activeId: string | null;
  readonly selectedId: string | null;
}

const boxFill = ({ tone, state, again }: Box): string => {
  const colour = toneFills[tone % toneFills.length] ?? "";
  if (state === "planned") return "border border-dashed border-line-strong text-ink-2";
  // Faded colours would take the words with them.
  if (state === "back") return "border border-line-strong bg-sunken text-ink-2";
  const pattern = again ? "lane-again" : "";
  const edge = state === "failed" ? "ring-2 ring-bad ring-inset" : "";
  return `${colour} ${pattern} ${edge} ${state === "running" ? "rounded-r-none" : ""}`;
};

function BoxCell({ box, row, drawing }: { box: Box; row: number; drawing: Drawing }) {
  const { scale, trackPx, nowMs, activeId, selectedId } = drawing;
  const left = scale.x(box.from) * trackPx;
  const right = scale.x(box.until ?? nowMs) * trackPx;
  const isActive = box.id === activeId;
  const width = Math.max(isActive ? targetPx : boxMinPx, right - left - 1);
  const isSelected = box.id === selectedId;
  return (
    // biome-ignore lint/a11y/useSemanticElements: what lies where its time is, is no cell of a table
    <div
      role="gridcell"
      tabIndex={isActive ? 0 : -1}
      data-item={box.id}
      aria-label={box.sentence}
      aria-selected={isSelected}
      title={box.sentence}
      className={`absolute flex cursor-pointer items-center overflow-hidden rounded-sm text-xs whitespace-nowrap ${boxFill(box)} ${
        isSelected ? "outline-2 outline-offset-1 outline-ink" : ""
      }`}
      style={{ left, width, top: padPx + bandPx + 2 + row * rowPx, height: targetPx - 1 }}
    >
      {width > 46 && (
        <span
          aria-hidden="true"
          // Words on hatching need a ground of their own.
          className={`truncate px-1 ${box.again && box.state !== "back" ? "rounded-sm bg-surface text-ink" : ""}`}
        >
          {box.state === "failed" && "✕ "}
          {box.label}
        </span>
      )}
    </div>
  );
}

function MarkerCell({ marker, drawing }: { marker: Marker; drawing: Drawing }) {
  const { scale, trackPx, activeId, selectedId } = drawing;
  const isSelected = marker.id === selectedId;
  return (
    // biome-ignore lint/a11y/useSemanticElements: what lies where its time is, is no cell of a table
    <div
      role="gridcell"
      tabIndex={marker.id === activeId ? 0 : -1}
      data-item={marker.id}
      aria-label={marker.sentence}
      aria-selected={isSelected}
      title={marker.sentence}
      className="absolute top-0 z-[1] grid h-6 min-w-6 -translate-x-1/2 cursor-pointer place-items-center"
      style={{
        left: Math.min(
          trackPx - targetPx / 2,
          Math.max(targetPx / 2, scale.x(marker.at) * trackPx),
        ),
      }}
    >
      <span
        className={`size-2.5 rotate-45 border border-surface bg-ink ${isSelected ? "outline-2 outline-offset-1 outline-accent" : ""}`}
      />
    </div>
  );
}

/** One lane: what its container was doing as a strip, its boxes below. */
export const LaneRow = memo(function LaneRow({
  lane,
  index,
  top,
  drawing,
}: {
  lane: Lane;
  index: number;
  top: number;
  drawing: Drawing;
}) {
  const { scale, trackPx, nowMs, zeroMs, wall } = drawing;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its cells take the focus, one at a time
    // biome-ignore lint/a11y/useSemanticElements: only lanes in sight are there, each at its place
    <div
      role="row"
      aria-rowindex={index + 1}
      className="absolute left-0 flex border-b border-line"
      style={{ top, height: laneHeight(lane), width: labelPx + trackPx }}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: a name, not a place to stand on */}
      {/* biome-ignore lint/a11y/useSemanticElements: as its row */}
      <div
        role="rowheader"
        className="sticky left-0 z-[2] shrink-0 border-r border-line bg-surface px-2 py-1"
        style={{ width: labelPx }}
      >
        <p className="truncate text-[13px] font-medium" title={lane.name}>
          {lane.name}
        </p>
        <p className="truncate text-xs text-ink-3" title={lane.note}>
          {lane.note}
        </p>
      </div>
      <div role="none" className="relative" style={{ width: trackPx }}>
        {lane.bands.map(({ from, until, kind, words }) => {
          const left = scale.x(from) * trackPx;
          const right = scale.x(until ?? nowMs) * trackPx;
          return (
            <div
              key={`${kind} ${from}`}
              data-fill
              title={`${words}, from ${atWords(from, { zeroMs }, wall)}`}
              className={`absolute rounded-[1px] ${bandFills[kind]} ${kind === "drain" ? "lane-again" : ""}`}
              style={{ left, width: Math.max(1, right - left), top: padPx, height: bandPx }}
            />
          );
        })}
        {lane.rows.map((boxes, row) =>
          boxes.map((box) => <BoxCell key={box.id} box={box} row={row} drawing={drawing} />),
        )}
        {lane.markers.map((marker) => (
          <MarkerCell key={marker.id} marker={marker} drawing={drawing} />
        ))}
      </div>
    </div>
  );
});
