import {
  type Acknowledgement,
  type FailureFact,
  type FailureGroup,
  trendOf,
} from "../core/failures/groups.ts";
import type { AcknowledgementRow, FailureRow } from "../db/failures.ts";
import { failureView } from "./views.ts";

export type Fact = FailureFact & Omit<FailureRow, "at">;
export type Group = FailureGroup<Fact>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const windows = {
  "24h": { step: "hour", stepMs: hourMs, steps: 24 },
  "7d": { step: "day", stepMs: dayMs, steps: 7 },
  "28d": { step: "day", stepMs: dayMs, steps: 28 },
} as const;
export type Window = keyof typeof windows;

export const windowMs = (window: Window): number => windows[window].stepMs * windows[window].steps;

const iso = (ms: number): string => new Date(ms).toISOString();
const distinct = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];

export type Said = ReadonlyMap<string, Acknowledgement & Pick<AcknowledgementRow, "note" | "by">>;

/** Given up, and a retry can open it again: a file that was refused cannot be. */
export const isRetryable = ({ standing, kind }: Fact): boolean =>
  standing === "open" && kind !== "upload";

/** A group as page and command line show it. */
export function groupView(group: Group, said: Said, window: Window, nowMs: number) {
  const { fingerprint, facts, state, retried, helped, message, stage } = group;
  const spoken = said.get(fingerprint);
  const { code, title, next } = failureView({ code: group.code, detail: null });
  const open = distinct(
    facts
      .filter(({ standing }) => standing === "open")
      .map(({ document, name }) => document ?? name),
  );
  return {
    ...{ fingerprint, stage, code, next, message, state, retried, helped },
    sentence: title,
    count: facts.length,
    documents: distinct(facts.map(({ document, name }) => document ?? name)).length,
    openDocuments: open.length,
    firstAt: iso(facts.at(-1)?.atMs ?? nowMs),
    lastAt: iso(facts[0]?.atMs ?? nowMs),
    engines: distinct(facts.map(({ engine }) => engine)),
    packs: distinct(facts.map(({ pack, packVersion }) => pack && `${pack}@${packVersion}`)),
    canRetry: facts.some(isRetryable),
    trend: trendOf(facts, { nowMs, ...windows[window] }).map(({ fromMs, count }) => ({
      from: iso(fromMs),
      count,
    })),
    acknowledgement:
      spoken === undefined
        ? null
        : {
            ...{ kind: spoken.kind, at: iso(spoken.atMs), by: spoken.by },
            ...{ note: spoken.note, untilPack: spoken.untilPack },
          },
  };
}
