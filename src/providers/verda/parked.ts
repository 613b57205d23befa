import type { Clock } from "../../lib/clock.ts";

/** Deployments that were seen paused without replicas, and need no look for a while. */
export interface Parked {
  has(name: string): boolean;
  /** To be taken before a look; `seen` counts only if no order was under way or has come since. */
  orders(name: string): number;
  seen(name: string, orders: number): void;
  /** Runs an order, one at a time for a name. It answers whether the deployment is parked now. */
  during(name: string, order: () => Promise<boolean>): Promise<void>;
}

const parkedMs = 60_000;

export function createParked(clock: Clock): Parked {
  const untilMs = new Map<string, number>();
  /** Odd while an order is under way. */
  const steps = new Map<string, number>();
  const stepsOf = (name: string): number => steps.get(name) ?? 0;
  const park = (name: string): void => void untilMs.set(name, clock.nowMs() + parkedMs);
  return {
    has: (name) => clock.nowMs() < (untilMs.get(name) ?? Number.NEGATIVE_INFINITY),
    orders: stepsOf,
    seen(name, orders) {
      if (orders % 2 === 0 && orders === stepsOf(name)) park(name);
    },
    async during(name, order) {
      untilMs.delete(name);
      steps.set(name, stepsOf(name) + 1);
      try {
        if (await order()) park(name);
      } finally {
        steps.set(name, stepsOf(name) + 1);
      }
    },
  };
}
