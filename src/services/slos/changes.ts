import { type ChangeRow, readChanges } from "../../db/changes.ts";
import type { ServiceContext } from "../context.ts";

const changesMax = 100;

/** What may be why a promise is kept better or worse from a day on; newest first. */
export async function changesSince({ sql }: ServiceContext, sinceMs: number) {
  const rows = await readChanges(sql, { sinceMs, limit: changesMax });
  return rows.map((row) => ({
    at: row.at.toISOString(),
    kind: row.kind,
    sentence: sentenceOf(row),
  }));
}

function sentenceOf(row: ChangeRow): string {
  const by = row.by === null ? "" : row.by === "start" ? " at a start" : ` by ${row.by}`;
  switch (row.kind) {
    case "pack":
      return `Version ${row.version} of pack ${row.name} was made active${by}.`;
    case "policy":
      return `Scaling policy ${row.policy ?? "of the configuration"} was let in${by}, as version ${row.version}.`;
    case "engine":
      return `Containers of pool ${row.pool} read with ${row.now} instead of ${row.before}.`;
    case "pause":
      return `Pool ${row.pool} was paused${row.reason === null ? "" : `: ${row.reason}`}.`;
  }
}
