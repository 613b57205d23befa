export const packViews = ["contents", "edit", "compare"] as const;
export type PackView = (typeof packViews)[number];

export interface PackSearch {
  view?: Exclude<PackView, "contents">;
  /** Looked at; absent: the active one. */
  version?: number;
  /** Path of the file that is open. */
  file?: string;
  old?: number;
  young?: number;
}

const numberOf = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : undefined;
};

/** What is not understood is left out, never an error. */
export function packSearch(raw: Record<string, unknown>): PackSearch {
  const view = packViews.find((known) => known === raw.view);
  const [version, old, young] = [raw.version, raw.old, raw.young].map(numberOf);
  return {
    ...(view === undefined || view === "contents" ? {} : { view }),
    ...(version === undefined ? {} : { version }),
    ...(typeof raw.file === "string" ? { file: raw.file.slice(0, 200) } : {}),
    ...(old === undefined ? {} : { old }),
    ...(young === undefined ? {} : { young }),
  };
}
