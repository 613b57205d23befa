import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { Arrows } from "./arrows.tsx";
import { Axis, Guides } from "./axis.tsx";
import { type Drawing, LaneRow, labelPx, laneHeight } from "./lane-row.tsx";
import { activityOf, type Chart } from "./model.ts";
import { firstId, idAfter, placeOf } from "./navigate.ts";
import { createScale } from "./scale.ts";

export const zoomMax = 32;

export interface LanesProps {
  readonly chart: Chart;
  /** What the chart is of: "Containers that worked for this document". */
  readonly name: string;
  readonly wall: boolean;
  /** 1: all of it fits. */
  readonly zoom: number;
  readonly onZoom: (zoom: number) => void;
  readonly selected: string | null;
  readonly onSelect: (id: string | null) => void;
}

/** The width of what is scrolled in. */
function useWidth(): [(element: HTMLDivElement | null) => void, number, HTMLDivElement | null] {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element === null) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    setWidth(element.clientWidth);
    return () => watch.disconnect();
  }, [element]);
  return [setElement, width, element];
}

/** Moves the focus once what is to have it has been drawn. */
function useFocusOf(grid: HTMLElement | null): (id: string) => void {
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    const id = wanted.current;
    if (id === null || grid === null) return;
    const cell = grid.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"]`);
    if (cell === null) return;
    wanted.current = null;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  return (id) => {
    wanted.current = id;
  };
}

/**
 * Lanes over time, of which only those in sight are drawn. One box or marker takes the focus; arrows lead to
 * the others, Home and End along the lane, Enter selects, + - 0 zoom.
 */
export function Lanes({ chart, name, wall, zoom, onZoom, selected, onSelect }: LanesProps) {
  const { lanes, from, until, nowMs, zeroMs, arrows } = chart;
  const [setScroller, width, scroller] = useWidth();
  const trackPx = Math.max(120, (width - labelPx - 2) * zoom);
  const scale = useMemo(
    () => createScale(from, until, activityOf(chart), true),
    [chart, from, until],
  );
  const [stood, setStood] = useState<string | null>(null);
  const known = stood ?? selected;
  const place = useMemo(() => (known === null ? null : placeOf(lanes, known)), [lanes, known]);
  const activeId = place === null ? firstId(lanes) : known;
  const activeLane = place?.lane ?? 0;
  const virtualizer = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller,
    estimateSize: (index) => laneHeight(lanes[index] ?? { rows: [] }),
    getItemKey: (index) => lanes[index]?.id ?? index,
    overscan: 4,
    // Tab must find it, wherever the eye is.
    rangeExtractor: useCallback(
      (range: Range) =>
        activeLane < range.count
          ? [...new Set([activeLane, ...defaultRangeExtractor(range)])].sort((a, b) => a - b)
          : defaultRangeExtractor(range),
      [activeLane],
    ),
  });
  const heights = lanes.map(laneHeight).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew when a height is another
  useLayoutEffect(() => virtualizer.measure(), [heights]);
  const focusOn = useFocusOf(scroller);
  const end = nowMs ?? until;
  const drawing = useMemo(
    (): Drawing => ({
      ...{ scale, trackPx, zeroMs, wall, activeId },
      ...{ nowMs: end, selectedId: selected },
    }),
    [scale, trackPx, zeroMs, wall, activeId, end, selected],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = press(event.key);
    if (handled) event.preventDefault();
  };
  const press = (key: string): boolean => {
    if (key === "+" || key === "=") onZoom(Math.min(zoomMax, zoom * 2));
    else if (key === "-") onZoom(Math.max(1, zoom / 2));
    else if (key === "0") onZoom(1);
    else if (key === "Enter" || key === " ") onSelect(activeId);
    else if (key === "Escape" && selected !== null) onSelect(null);
    else return move(key);
    return true;
  };
  const move = (key: string): boolean => {
    if (!/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(key) || activeId === null) return false;
    const next = idAfter(lanes, activeId, key);
    if (next === null) return true;
    setStood(next);
    virtualizer.scrollToIndex(placeOf(lanes, next)?.lane ?? 0, { align: "auto" });
    focusOn(next);
    return true;
  };
  const itemAt = (target: EventTarget): string | undefined =>
    target instanceof Element
      ? target.closest<HTMLElement>("[data-item]")?.dataset.item
      : undefined;
  const onClick = (event: MouseEvent): void => {
    const id = itemAt(event.target);
    if (id === undefined) return;
    setStood(id);
    onSelect(id === selected ? null : id);
  };
  const height = virtualizer.getTotalSize();
  const tops = useMemo(() => {
    let top = 0;
    return lanes.map((lane) => {
      const own = top;
      top += laneHeight(lane);
      return own;
    });
  }, [lanes]);
  return (
    <div
      ref={setScroller}
      className="relative max-h-[min(70vh,40rem)] overflow-auto overscroll-x-contain"
    >
      <Axis scale={scale} trackPx={trackPx} zeroMs={zeroMs} wall={wall} />
      {/* biome-ignore lint/a11y/useSemanticElements: as its rows; the table is its twin */}
      <div
        role="grid"
        aria-label={name}
        aria-rowcount={lanes.length}
        className="relative"
        style={{ height, width: labelPx + trackPx }}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onFocus={(event) => setStood(itemAt(event.target) ?? stood)}
      >
        <Guides scale={scale} trackPx={trackPx} nowMs={nowMs} height={height} />
        {virtualizer.getVirtualItems().map(({ index, key }) => {
          const lane = lanes[index];
          return (
            lane !== undefined && (
              <LaneRow
                key={key}
                lane={lane}
                index={index}
                top={tops[index] ?? 0}
                drawing={drawing}
              />
            )
          );
        })}
        <Arrows {...{ arrows, lanes, tops, scale, trackPx, height }} nowMs={end} />
      </div>
    </div>
  );
}
