import { Minus, Plus, Table2 } from "lucide-react";
import { type ReactNode, useSyncExternalStore } from "react";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { bandFills, toneFills } from "./lane-row.tsx";
import { LaneTable } from "./lane-table.tsx";
import { Lanes, type LanesProps, zoomMax } from "./lanes.tsx";
import { bandKinds } from "./model.ts";
import { bandWords } from "./words.ts";

const narrow = "(max-width: 639px)";
const watchNarrow = (listener: () => void): (() => void) => {
  const query = window.matchMedia(narrow);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
};
/** Too narrow for lanes: then there is the table. */
const useNarrow = (): boolean =>
  useSyncExternalStore(watchNarrow, () => window.matchMedia(narrow).matches);

function Legend({ stages }: { stages: readonly string[] }) {
  return (
    <ul
      aria-hidden="true"
      className="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-3 py-2 text-xs text-ink-2"
    >
      {stages.map((stage, index) => (
        <li key={stage} className="flex items-center gap-1.5">
          <span className={`size-2.5 rounded-sm ${toneFills[index % toneFills.length]}`} /> {stage}
        </li>
      ))}
      {bandKinds.map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <span className={`h-1.5 w-4 ${bandFills[kind]}`} /> {bandWords[kind]}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <span className="lane-again h-2.5 w-4 rounded-sm bg-step-3" /> not the first attempt
      </li>
      <li className="flex items-center gap-1.5">
        <span className="h-2.5 w-4 rounded-sm ring-2 ring-bad ring-inset" /> failed
      </li>
      <li className="flex items-center gap-1.5">
        <span className="h-2.5 w-4 rounded-sm border border-dashed border-line-strong" /> planned
      </li>
      <li className="flex items-center gap-1.5">
        <span className="size-2 rotate-45 bg-ink" /> decision or retry
      </li>
    </ul>
  );
}

/** Zoom by buttons: the keys + - 0 do the same in the chart. */
function Zoom({ zoom, onZoom }: Pick<LanesProps, "zoom" | "onZoom">) {
  return (
    <div className="flex gap-1">
      <Button aria-label="Zoom out" disabled={zoom <= 1} onClick={() => onZoom(zoom / 2)}>
        <Minus aria-hidden="true" className="size-3.5" />
      </Button>
      <Button aria-label="Zoom in" disabled={zoom >= zoomMax} onClick={() => onZoom(zoom * 2)}>
        <Plus aria-hidden="true" className="size-3.5" />
      </Button>
      <Button disabled={zoom === 1} onClick={() => onZoom(1)}>
        Fit
      </Button>
    </div>
  );
}

interface TimelineProps extends LanesProps {
  /** Stages by colour, in words. */
  readonly stages: readonly string[];
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
  /** More controls, before those of the chart. */
  readonly controls?: ReactNode;
}

/** Lanes with what belongs to them: controls, a legend, and the same as a table. */
export function Timeline({ stages, isTable, onTable, controls, ...lanes }: TimelineProps) {
  const { chart, name, wall, zoom, onZoom, selected, onSelect } = lanes;
  const isNarrow = useNarrow();
  return (
    <Panel className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        {controls}
        <span className="grow" />
        {!isTable && !isNarrow && <Zoom zoom={zoom} onZoom={onZoom} />}
        {!isNarrow && (
          <Button data-key-table="" aria-pressed={isTable} onClick={() => onTable(!isTable)}>
            <Table2 aria-hidden="true" className="size-3.5" /> View as table
          </Button>
        )}
      </div>
      {isTable || isNarrow ? (
        <LaneTable {...{ chart, name, wall, selected, onSelect }} />
      ) : (
        <>
          <Lanes {...lanes} />
          <Legend stages={stages} />
        </>
      )}
    </Panel>
  );
}
