import type { PipelineState } from "../api/types.ts";
import { type ActivitySearch, activitySearch } from "../document/activity-search.ts";
import { type TimelineSearch, timelineSearch } from "../timeline/search.ts";

const filters = ["all", "progress", "attention", "done"] as const;
export type Filter = (typeof filters)[number];

/** Orders of a list; `attention` is the one without a choice, apart from lists that are narrowed. */
const sorts = [
  "attention",
  "-created",
  "created",
  "-finished",
  "finished",
  "name",
  "-name",
] as const;
export type Sort = (typeof sorts)[number];

export const tabs = [
  "slides",
  "extractions",
  "template",
  "clinical",
  "regulatory",
  "science",
  "results",
  "ask",
  "timeline",
  "cost",
  "activity",
] as const;
export type Tab = (typeof tabs)[number];

export interface ListSearch {
  filter?: Exclude<Filter, "all">;
  q?: string;
  sort?: Sort;
}
export interface DocumentSearch extends TimelineSearch, ActivitySearch {
  tab?: Tab;
  slide?: number;
  /** Words to mark on the slide's picture. */
  quote?: string;
  /** Of the slides: those with something to mend. */
  only?: "findings";
  /** Whether places on a slide are marked without being asked for. */
  marks?: "off";
  /** The value that is looked at: its path. */
  at?: string;
}

/** States of a pipeline, as a batch's documents are filtered by. */
const states = [
  "fetching",
  "active",
  "done",
  "done_with_gaps",
  "failed",
  "cancelled",
] as const satisfies readonly PipelineState[];
export interface BatchSearch {
  state?: PipelineState;
}

type Raw = Record<string, unknown>;

/** Addresses are written by people too: what is not understood is left out, never an error. */
export const listSearch = (raw: Raw): ListSearch => {
  const filter = filters.find((known) => known === raw.filter);
  const q = raw.q;
  const sort = sorts.find((known) => known === raw.sort);
  return {
    ...(sort === undefined ? {} : { sort }),
    ...(filter === undefined || filter === "all" ? {} : { filter }),
    ...(typeof q === "string" || typeof q === "number" ? { q: String(q).slice(0, 200) } : {}),
  };
};
export const batchSearch = (raw: Raw): BatchSearch => {
  const state = states.find((known) => known === raw.state);
  return state === undefined ? {} : { state };
};
export const documentSearch = (raw: Raw): DocumentSearch => {
  const tab = tabs.find((known) => known === raw.tab);
  const slide = Number(raw.slide);
  const quote = raw.quote;
  return {
    ...timelineSearch(raw),
    ...activitySearch(raw),
    ...(tab === undefined ? {} : { tab }),
    ...(Number.isInteger(slide) && slide > 0 ? { slide } : {}),
    ...(typeof quote === "string" || typeof quote === "number" ? { quote: String(quote) } : {}),
    ...(raw.only === "findings" ? { only: "findings" } : {}),
    ...(raw.marks === "off" ? { marks: "off" } : {}),
    ...(typeof raw.at === "string" ? { at: raw.at.slice(0, 200) } : {}),
  };
};
