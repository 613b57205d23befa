import type { Lane } from "./model.ts";

/** What the arrows go over in a lane: boxes and markers, in the order of time. */
interface Item {
  readonly id: string;
  readonly at: number;
}

const itemsOf = ({ rows, markers }: Lane): Item[] =>
  [
    ...rows.flat().map(({ id, from }) => ({ id, at: from })),
    ...markers.map(({ id, at }) => ({ id, at })),
  ].toSorted((a, b) => a.at - b.at);

interface Place {
  readonly lane: number;
  readonly item: number;
}

export function placeOf(lanes: readonly Lane[], id: string): Place | null {
  for (const [lane, one] of lanes.entries()) {
    const item = itemsOf(one).findIndex((known) => known.id === id);
    if (item >= 0) return { lane, item };
  }
  return null;
}

/** The first thing there is to stand on. */
export function firstId(lanes: readonly Lane[]): string | null {
  for (const lane of lanes) {
    const [first] = itemsOf(lane);
    if (first !== undefined) return first.id;
  }
  return null;
}

/**
 * Where a key leads from one box or marker: along its lane, or to the nearest in time in the next lane
 * that has any. null: the key means nothing here, or there is nowhere to go.
 */
export function idAfter(lanes: readonly Lane[], id: string, key: string): string | null {
  const place = placeOf(lanes, id);
  if (place === null) return firstId(lanes);
  const lane = lanes[place.lane];
  if (lane === undefined) return null;
  const items = itemsOf(lane);
  switch (key) {
    case "ArrowRight":
      return items[place.item + 1]?.id ?? null;
    case "ArrowLeft":
      return items[place.item - 1]?.id ?? null;
    case "Home":
      return items[0]?.id ?? null;
    case "End":
      return items.at(-1)?.id ?? null;
    case "ArrowDown":
      return nearest(lanes.slice(place.lane + 1), items[place.item]?.at ?? 0);
    case "ArrowUp":
      return nearest(lanes.slice(0, place.lane).toReversed(), items[place.item]?.at ?? 0);
    default:
      return null;
  }
}

function nearest(lanes: readonly Lane[], at: number): string | null {
  for (const lane of lanes) {
    const items = itemsOf(lane);
    if (items.length === 0) continue;
    const best = items.reduce((a, b) => (Math.abs(b.at - at) < Math.abs(a.at - at) ? b : a));
    return best.id;
  }
  return null;
}
