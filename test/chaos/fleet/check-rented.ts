import type { BilledReplica, Evidence, Interval, Rented, Verdict } from "./evidence.ts";
import type { Recorded, ReplicaRow } from "./recorded.ts";

/** Our books may begin so much later than the provider's, or end so much earlier. */
const toleranceMs = 15_000;
/** A call that was sent while nobody answered is given up after so long. */
const callMs = 15_000;
/** What is left uncovered for less than this is no gap. */
const gapMsMin = 5_000;

/** The provider's bill against our own runs. Nothing where nobody charges. */
export function rentedVerdicts(recorded: Recorded, { rented }: Evidence): Verdict[] {
  return rented === null ? [] : [inOurBooks(recorded, rented), rentedOnce(rented)];
}

/** Whatever is charged for is a run of ours, apart from times in which nobody could see it. */
function inOurBooks({ replicas }: Recorded, { bill, blind }: Rented): Verdict {
  const unseen = blind.map((one) => widened(one, 0, callMs + toleranceMs));
  const broken = bill.flatMap((row) => {
    const runs = replicas.filter(({ name }) => name === row.name).flatMap(billedOf);
    const known = runs.map((one) => widened(one, toleranceMs, toleranceMs));
    return without(spanOf(row), [...known, ...unseen])
      .filter(([from, to]) => to - from > gapMsMin)
      .map(([from, to]) => `${told(row)} is in no run of ours for ${seconds(to - from)}`);
  });
  return { invariant: "nothing of ours runs unpaid-for", looked: bill.length, broken };
}

/** A slot stands on one machine, however often it is taken away. */
function rentedOnce({ bill }: Rented): Verdict {
  const broken: string[] = [];
  const last = new Map<string, BilledReplica>();
  for (const row of bill.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const before = last.get(row.name);
    if (before !== undefined && row.fromMs < endOf(before)) {
      broken.push(`${told(row)} began before the end of ${before.ref}`);
    }
    if (before === undefined || endOf(row) > endOf(before)) last.set(row.name, row);
  }
  return { invariant: "a slot is rented once at a time", looked: bill.length, broken };
}

type Span = readonly [fromMs: number, toMs: number];

const endOf = ({ toMs }: Interval): number => toMs ?? Number.POSITIVE_INFINITY;
const spanOf = (one: Interval): Span => [one.fromMs, endOf(one)];
const widened = (one: Interval, beforeMs: number, afterMs: number): Span => [
  one.fromMs - beforeMs,
  endOf(one) + afterMs,
];

const billedOf = ({ billedFromMs, billedUntilMs }: ReplicaRow): Interval[] =>
  billedFromMs === null ? [] : [{ fromMs: billedFromMs, toMs: billedUntilMs }];

/** What is left of a span when others are taken out of it. */
function without(span: Span, others: readonly Span[]): Span[] {
  return others.reduce<Span[]>(
    (left, [from, to]) =>
      left
        .flatMap(([a, b]): Span[] => [
          [a, Math.min(b, from)],
          [Math.max(a, to), b],
        ])
        .filter(([a, b]) => a < b),
    [span],
  );
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const told = ({ name, ref, fromMs }: BilledReplica): string =>
  `${name} (${ref}, from ${new Date(fromMs).toISOString()})`;
