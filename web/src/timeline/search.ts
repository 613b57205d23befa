/** What a lane is. */
export const groupings = ["container", "stage", "slide"] as const;
export type Grouping = (typeof groupings)[number];

/** How a timeline is looked at, in the address. What is usual is left out. */
export interface TimelineSearch {
  /** Lanes by something else than containers. */
  group?: Exclude<Grouping, "container">;
  /** By the clock on the wall instead of since the upload. */
  clock?: "wall";
  /** Only lanes that are not finished. */
  open?: true;
  view?: "table";
  zoom?: number;
  /** The box or marker that is told about. */
  box?: string;
}

const zooms = [2, 4, 8, 16, 32];

export const timelineSearch = (raw: Record<string, unknown>): TimelineSearch => {
  const group = groupings.find((known) => known === raw.group);
  const zoom = zooms.find((known) => known === Number(raw.zoom));
  const { box } = raw;
  return {
    ...(group === undefined || group === "container" ? {} : { group }),
    ...(raw.clock === "wall" ? { clock: "wall" } : {}),
    ...(raw.open === true || raw.open === "true" ? { open: true } : {}),
    ...(raw.view === "table" ? { view: "table" } : {}),
    ...(zoom === undefined ? {} : { zoom }),
    ...(typeof box === "string" && box !== "" ? { box: box.slice(0, 120) } : {}),
  };
};
