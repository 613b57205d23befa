/** A chart of lanes over time. All instants are milliseconds since 1970. */

/** What a lane's container was doing, as a strip along the lane. */
export const bandKinds = ["wait", "pull", "load", "ready", "drain"] as const;
export type BandKind = (typeof bandKinds)[number];

export interface Band {
  readonly from: number;
  /** null: it lasts. */
  readonly until: number | null;
  readonly kind: BandKind;
  readonly words: string;
}

/** `back`: given back, or called off. */
export type BoxState = "running" | "done" | "failed" | "back" | "planned";

export interface Box {
  readonly id: string;
  readonly from: number;
  /** null: it lasts. */
  readonly until: number | null;
  /** Drawn in it, where it fits. */
  readonly label: string;
  /** The whole of it, spoken. */
  readonly sentence: string;
  /** Its stage's place among the stages: the colour. */
  readonly tone: number;
  readonly state: BoxState;
  /** Not the first attempt: hatched. */
  readonly again: boolean;
}

export interface Marker {
  readonly id: string;
  readonly at: number;
  /** `D12` */
  readonly label: string;
  readonly sentence: string;
}

export interface Lane {
  readonly id: string;
  readonly name: string;
  /** Small print under the name. */
  readonly note: string;
  readonly bands: readonly Band[];
  /** Boxes that do not overlap share a row. */
  readonly rows: readonly (readonly Box[])[];
  readonly markers: readonly Marker[];
}

/** From the end of one box to the beginning of another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly sentence: string;
}

export interface Chart {
  readonly lanes: readonly Lane[];
  readonly arrows: readonly Arrow[];
  readonly from: number;
  readonly until: number;
  /** null: nothing goes on. */
  readonly nowMs: number | null;
  /** What the chart's clock counts from, where it shows elapsed time. */
  readonly zeroMs: number;
}

/** Boxes in rows: each goes into the first row that is free again. */
export function packRows(boxes: readonly Box[], nowMs: number): Box[][] {
  const rows: { free: number; boxes: Box[] }[] = [];
  for (const box of boxes.toSorted((a, b) => a.from - b.from)) {
    const until = Math.max(box.until ?? nowMs, box.from);
    const row = rows.find(({ free }) => free <= box.from);
    if (row === undefined) rows.push({ free: until, boxes: [box] });
    else {
      row.free = until;
      row.boxes.push(box);
    }
  }
  return rows.map((row) => row.boxes);
}

const isBusyBand = ({ kind }: Band): boolean => kind !== "ready";

/** Stretches in which something went on: what lies between them is idle. */
export function activityOf(chart: Chart): [number, number][] {
  const end = chart.nowMs ?? chart.until;
  return chart.lanes.flatMap(({ rows, bands, markers }) => [
    ...rows.flat().map(({ from, until }): [number, number] => [from, until ?? end]),
    ...bands.filter(isBusyBand).map(({ from, until }): [number, number] => [from, until ?? end]),
    ...markers.map(({ at }): [number, number] => [at, at]),
  ]);
}
