import type { Cut } from "../../db/ledger.ts";

/** What a limit has left out, for people and programs; null: nothing. */
export function cutView(cut: Cut | null) {
  if (cut === null) return null;
  const since = new Date(cut.sinceMs).toISOString();
  const sentence = `Only the newest ${cut.runs.toLocaleString("en-US")} runs are counted: what was asked for before ${since.slice(0, 10)} is left out. Ask for a shorter time.`;
  return { runs: cut.runs, since, sentence };
}
