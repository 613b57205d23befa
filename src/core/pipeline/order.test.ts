import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Admission, admit, orderPolicy, virtualMsOf } from "./order.ts";

const { spacingMs, levelMs } = orderPolicy;
const nowMs = 1_800_000_000_000;

const admission = fc.record<Admission>({
  nowMs: fc.constant(nowMs),
  clock: fc.option(
    fc.record({
      virtualMs: fc.integer({ min: nowMs - 1e9, max: nowMs + 1e9 }),
      isEmpty: fc.boolean(),
      drainedAtMs: fc.integer({ min: nowMs - 1e6, max: nowMs }),
    }),
  ),
  share: fc.option(
    fc.record({
      virtualMs: fc.integer({ min: nowMs - 1e9, max: nowMs + 1e9 }),
      atMs: fc.integer({ min: nowMs - 1e6, max: nowMs }),
    }),
  ),
  priority: fc.integer({ min: 0, max: 9 }),
  count: fc.integer({ min: 1, max: 1000 }),
});

/** One queue worked off in order of rank: what `admit` is for. */
class Queue {
  readonly shares = new Map<string, { virtualMs: number; atMs: number }>();
  waiting: { workspace: string; rank: number; priority: number }[] = [];
  clock: { virtualMs: number; isEmpty: boolean; drainedAtMs: number } | null = null;
  atMs = nowMs;

  submit(workspace: string, count: number, priority = 5): void {
    const key = `${workspace} ${priority}`;
    const share = this.shares.get(key) ?? null;
    const { clock } = this;
    const made = admit({ nowMs: this.atMs, clock, share, priority, count });
    this.shares.set(key, made.share);
    for (let n = 0; n < count; n += 1) {
      this.waiting.push({ workspace, priority, rank: made.firstRank + n * spacingMs });
    }
    this.waiting.sort((a, b) => a.rank - b.rank);
  }

  take(count: number): string[] {
    const taken = this.waiting.splice(0, count);
    const last = taken.at(-1);
    const virtualMs = last ? virtualMsOf(last.rank, last.priority) : (this.clock?.virtualMs ?? 0);
    const isEmpty = this.waiting.length === 0;
    const before = this.clock?.drainedAtMs ?? Number.NEGATIVE_INFINITY;
    this.clock = { virtualMs, isEmpty, drainedAtMs: isEmpty ? this.atMs : before };
    return taken.map(({ workspace }) => workspace);
  }
}

const countOf = (list: readonly string[], one: string): number =>
  list.filter((entry) => entry === one).length;

describe("the order of documents", () => {
  it("is that of arrival, in one workspace and priority", () => {
    fc.assert(
      fc.property(admission, fc.integer({ min: 1, max: 1000 }), (first, count) => {
        const one = admit(first);
        const two = admit({ ...first, share: one.share, count });
        const lastOfOne = one.firstRank + (first.count - 1) * spacingMs;
        // Unless the queue has run empty at that very moment.
        if (first.clock?.drainedAtMs === nowMs) return;
        expect(two.firstRank).toBeGreaterThan(lastOfOne);
      }),
    );
  });

  it("puts a higher priority before a lower one that comes at the same time", () => {
    fc.assert(
      fc.property(admission, fc.integer({ min: 0, max: 9 }), (given, priority) => {
        const [a, b] = [admit(given), admit({ ...given, priority })];
        expect(Math.sign(a.firstRank - b.firstRank)).toBe(Math.sign(priority - given.priority));
      }),
    );
  });

  it("finds from a rank the virtual time it stands for", () => {
    fc.assert(
      fc.property(admission, (given) => {
        const { firstRank, share } = admit(given);
        expect(virtualMsOf(firstRank, given.priority)).toBe(
          share.virtualMs - given.count * spacingMs,
        );
      }),
    );
  });
});

describe("sharing between workspaces", () => {
  it("gives one that comes late its turn at once, and then every second place", () => {
    const queue = new Queue();
    queue.submit("flood", 1000);
    queue.take(300);
    queue.atMs += 60_000;
    queue.submit("small", 10);
    const next = queue.take(22);
    expect(countOf(next, "small")).toBe(10);
    expect(next.indexOf("small")).toBeLessThanOrEqual(2);
  });

  it("is even, however much each has sent", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 50, max: 400 }), { minLength: 2, maxLength: 5 }),
        (sizes) => {
          const queue = new Queue();
          for (const [n, size] of sizes.entries()) queue.submit(`w${n}`, size);
          const taken = queue.take(20 * sizes.length);
          const counts = sizes.map((_, n) => countOf(taken, `w${n}`));
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("does not hold against a workspace what it used while nobody else wanted it", () => {
    const queue = new Queue();
    queue.submit("busy", 500);
    queue.take(500);
    queue.atMs += 1000;
    queue.submit("busy", 10);
    queue.submit("other", 10);
    expect(countOf(queue.take(10), "busy")).toBe(5);
  });

  it("lets a low priority come to the front although higher ones keep coming", () => {
    const queue = new Queue();
    queue.submit("one", 1, 0);
    let turns = 0;
    for (;;) {
      queue.submit("one", 1, 9);
      turns += 1;
      queue.atMs += spacingMs;
      if (queue.waiting.length > 1) {
        const before = queue.waiting.length;
        queue.take(1);
        if (queue.waiting.length < before && !queue.waiting.some((entry) => entry.priority === 0))
          break;
      }
      expect(turns).toBeLessThan((9 * levelMs) / spacingMs + 10);
    }
    expect(turns).toBeGreaterThan(100);
  });
});
