import type { EventView } from "../api/types.ts";

export type Tone = "plain" | "good" | "warn" | "bad";

/** Words without a full stop, as the middle of a line. */
export interface Told {
  readonly words: string;
  readonly tone?: Tone;
}
/** null: nothing to say. */
export type Teller = (event: EventView, memory: Memory) => Told | null;

/** What earlier events told, by task: who worked on it, and which slides are finished. */
export interface Memory {
  readonly holder: Map<string, string>;
  readonly slides: Map<string, Set<number>>;
}

/** What an event carries: checked where it is read, since a newer server may send other things. */
export type Data = EventView["data"];
/** Null where it is missing or empty. */
export const text = (data: Data, key: string): string | null =>
  typeof data[key] === "string" && data[key] !== "" ? data[key] : null;
export const count = (data: Data, key: string): number | null =>
  typeof data[key] === "number" ? data[key] : null;
export const list = (data: Data, key: string): readonly unknown[] =>
  Array.isArray(data[key]) ? data[key] : [];

/** "vision-1" out of a name, or of a pool and a number, or of a container's id; else a word. */
export function replicaWords(data: Data): string {
  const replica = text(data, "replica");
  const number = count(data, "replica") ?? (replica !== null ? Number(replica) : Number.NaN);
  const pool = text(data, "pool");
  if (pool !== null && Number.isInteger(number)) return `${pool}-${number}`;
  // A container's id is its replica's name and its boot: `vision-1.3f9a2c11`.
  return replica ?? text(data, "container")?.split(".")[0] ?? "a container";
}

/** ": why", or nothing. */
export const because = (data: Data, key: string): string => {
  const detail = text(data, key);
  return detail === null ? "" : `: ${detail.replace(/\.$/, "")}`;
};

/** The detail of a failure, or its code as words: MODEL_TIMEOUT -> "model timeout". */
export const whyOf = (data: Data): string =>
  text(data, "detail") ??
  text(data, "code")?.toLowerCase().replaceAll("_", " ") ??
  "no reason was given";
