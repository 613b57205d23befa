import type { FleetOutlook, PoolOutlook } from "../../../src/contract/fleet-outlook.ts";
import { durationWords } from "../lib/format.ts";
import { microUsdWords } from "../lib/money.ts";

const fewBelow = 20;

/** "cold start p50 64 s, p90 88 s (n = 212)" */
export function coldStartWords({ coldStart }: Pick<PoolOutlook, "coldStart">): string {
  if (coldStart === null) return "cold start: none yet";
  const { p50Seconds, p90Seconds, n } = coldStart;
  const few = n < fewBelow ? ", few samples" : "";
  return `cold start p50 ${durationWords(p50Seconds)}, p90 ${durationWords(p90Seconds)} (n = ${n}${few})`;
}

/** What waits, and when it will be through. */
export function queueWords({ waiting, busy, drainSeconds }: PoolOutlook): string {
  if (waiting === 0 && busy === 0) return "queue empty";
  const tasks =
    waiting === 0 ? "nothing waits" : `${waiting} ${waiting === 1 ? "task waits" : "tasks wait"}`;
  if (drainSeconds === null) return `${tasks}, no estimate yet`;
  return `${tasks}, through in about ${durationWords(drainSeconds)}`;
}

export const neededWords = ({ neededInSeconds }: PoolOutlook): string | null =>
  neededInSeconds === null ? null : `needed in about ${durationWords(neededInSeconds)}`;

/** Nothing runs: what the next upload waits for. */
export function restWords(pools: readonly PoolOutlook[]): string {
  // A deck is looked at first, by whatever container does that.
  const first = pools.find(({ pool }) => pool !== "text");
  const start = first?.coldStart ?? null;
  if (start === null) return "How long the next upload waits for one: no estimate yet.";
  return `The next upload waits about ${durationWords(start.p50Seconds)} for one (p90 ${durationWords(start.p90Seconds)}, n = ${start.n}).`;
}

type Sum = FleetOutlook["verdicts"]["late"];
const paid = ({ n, microUsd }: Sum): string => {
  if (n === 0 || microUsd === 0) return "";
  return microUsd === null ? "price unknown" : microUsdWords(microUsd);
};

/** "hit 41", "late 3 (+6 s median)", "early 5 (waste $0.09)", "unused 1 ($0.04)". */
export function verdictLines({ verdicts }: FleetOutlook): { name: string; words: string }[] {
  const { onTime, late, early, unused, failed, open } = verdicts;
  const median =
    late.medianSeconds === null ? "" : ` (+${durationWords(late.medianSeconds)} median)`;
  const inBrackets = (words: string): string => (words === "" ? "" : ` (${words})`);
  return [
    { name: "hit", words: `${onTime.n}` },
    { name: "late", words: `${late.n}${median}` },
    { name: "early", words: `${early.n}${inBrackets(paid(early) && `waste ${paid(early)}`)}` },
    { name: "unused", words: `${unused.n}${inBrackets(paid(unused))}` },
    { name: "failed", words: `${failed.n}${inBrackets(paid(failed))}` },
    { name: "not judged yet", words: `${open}` },
  ];
}
