import { existsSync, openSync, readFileSync, writeSync } from "node:fs";

/**
 * What a worker writes down, one JSON array a line, at once and in order: a killed worker has
 * told everything it did. Times are milliseconds of this machine's clock.
 */
export type Entry =
  /** It was handed a lease. `leasedMs`: when, by the database's clock. */
  | ["leased", number, string, Leased]
  /** It is about to send results under these leases. */
  | ["sent", number, readonly string[]]
  /** It was told whether a result was accepted; `sentMs`: when that request left. */
  | ["answered", number, string, boolean, number];

export interface Leased {
  readonly lease: string;
  readonly pipeline: string;
  readonly task: string;
  readonly generation: number;
  readonly attempt: number;
  readonly leasedMs: number;
  readonly document: string;
}

export function openRecords(file: string): (entry: Entry) => void {
  const to = openSync(file, "a", 0o600);
  return (entry) => {
    writeSync(to, `${JSON.stringify(entry)}\n`);
  };
}

export interface Grant extends Leased {
  readonly atMs: number;
  readonly container: string;
  readonly worker: string;
}

export interface Answer {
  readonly lease: string;
  readonly accepted: boolean;
  readonly sentMs: number;
  readonly atMs: number;
}

export interface Records {
  readonly grants: readonly Grant[];
  readonly answers: readonly Answer[];
  /** When a result was first sent under a lease, answered or not. */
  readonly sentMs: ReadonlyMap<string, number>;
}

/** All files together, in the order of time. @param files by the name of their worker */
export function readRecords(files: ReadonlyMap<string, string>): Records {
  const grants: Grant[] = [];
  const answers: Answer[] = [];
  const sentMs = new Map<string, number>();
  for (const [worker, file] of files) {
    for (const line of wholeLines(file)) {
      const entry = JSON.parse(line) as Entry;
      if (entry[0] === "leased") {
        grants.push({ ...entry[3], atMs: entry[1], container: entry[2], worker });
      } else if (entry[0] === "sent") {
        for (const lease of entry[2]) sentMs.set(lease, sentMs.get(lease) ?? entry[1]);
      } else {
        const [, atMs, lease, accepted, sentAtMs] = entry;
        answers.push({ lease, accepted, sentMs: sentAtMs, atMs });
      }
    }
  }
  grants.sort((a, b) => a.atMs - b.atMs);
  answers.sort((a, b) => a.atMs - b.atMs);
  return { grants, answers, sentMs };
}

/** A worker that was killed before it wrote anything has no file. */
function wholeLines(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}
