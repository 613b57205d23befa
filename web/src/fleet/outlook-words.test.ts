import { expect, it } from "vitest";
import type { FleetOutlook, PoolOutlook } from "../../../src/contract/fleet-outlook.ts";
import {
  coldStartWords,
  neededWords,
  queueWords,
  restWords,
  verdictLines,
} from "./outlook-words.ts";

const pool: PoolOutlook = {
  ...{ pool: "vision", max: 2, busy: 1, starting: 0, ready: 1, waiting: 8, drainSeconds: 70 },
  ...{ neededInSeconds: null, coldStart: { p50Seconds: 64, p90Seconds: 88, n: 212 } },
};

it("says what waits, and when there is no estimate", () => {
  expect(queueWords(pool)).toBe("8 tasks wait, through in about 1 min 10 s");
  expect(queueWords({ ...pool, waiting: 1, drainSeconds: null })).toBe(
    "1 task waits, no estimate yet",
  );
  expect(queueWords({ ...pool, waiting: 0, busy: 0 })).toBe("queue empty");
  expect(neededWords({ ...pool, neededInSeconds: 95 })).toBe("needed in about 1 min 35 s");
});

it("tells cold starts with how many they are, and says when they are few", () => {
  expect(coldStartWords(pool)).toBe("cold start p50 1 min 4 s, p90 1 min 28 s (n = 212)");
  const few = { coldStart: { p50Seconds: 4, p90Seconds: 5, n: 3 } };
  expect(coldStartWords(few)).toContain("(n = 3, few samples)");
  expect(restWords([{ ...pool, coldStart: null }])).toContain("no estimate yet");
  expect(restWords([pool])).toContain("about 1 min 4 s");
});

it("sums up verdicts without money nobody asked for", () => {
  const none = { n: 0, medianSeconds: null, microUsd: 0 };
  const verdicts: FleetOutlook["verdicts"] = {
    ...{ since: "2026-11-26T00:00:00Z", onTime: { ...none, n: 41 }, failed: none, open: 1 },
    late: { n: 3, medianSeconds: 6, microUsd: 0 },
    early: { n: 5, medianSeconds: 9, microUsd: 90_000 },
    unused: { n: 1, medianSeconds: 0, microUsd: null },
  };
  const lines = verdictLines({ asOf: "2026-11-26T00:00:00Z", pools: [], verdicts });
  expect(lines.map(({ name, words }) => `${name} ${words}`)).toEqual([
    "hit 41",
    "late 3 (+6 s median)",
    "early 5 (waste $0.09)",
    "unused 1 (price unknown)",
    "failed 0",
    "not judged yet 1",
  ]);
});
