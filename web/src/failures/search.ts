import type { FailuresAnswer, FailureTab } from "./types.ts";

export type Window = FailuresAnswer["window"];

const windows = ["24h", "7d", "28d"] as const satisfies readonly Window[];
export const failureTabs = [
  "open",
  "acknowledged",
  "recovered",
  "all",
] as const satisfies readonly FailureTab[];

export interface FailuresSearch {
  tab?: Exclude<FailureTab, "open">;
  window?: Exclude<Window, "7d">;
  /** The kind whose attempts are shown. */
  group?: string;
}

/** The address of a view; defaults stay out of it. */
export const searchOf = (tab: FailureTab, window: Window, group?: string): FailuresSearch => ({
  ...(tab === "open" ? {} : { tab }),
  ...(window === "7d" ? {} : { window }),
  ...(group === undefined ? {} : { group }),
});

/** Addresses are written by people too: what is not understood is left out, never an error. */
export const failuresSearch = (raw: Record<string, unknown>): FailuresSearch => {
  const tab = failureTabs.find((known) => known === raw.tab);
  const window = windows.find((known) => known === raw.window);
  const { group } = raw;
  return {
    ...(tab === undefined || tab === "open" ? {} : { tab }),
    ...(window === undefined || window === "7d" ? {} : { window }),
    ...(typeof group === "string" && /^f_[0-9a-f]{12}$/.test(group) ? { group } : {}),
  };
};
