import { raiseEpoch } from "../../db/installation.ts";
import type { ServiceContext } from "../context.ts";

/** The epoch of all leases handed out now: half of the fence. */
export interface Epoch {
  /** Throws Error before the first draw. */
  current(): number;
  /** Draws a fresh one; callers at the same time share one draw. */
  draw(): Promise<number>;
}

export function createEpoch(context: Pick<ServiceContext, "sql" | "clock">): Epoch {
  let epoch: number | undefined;
  let drawing: Promise<number> | undefined;
  return {
    current() {
      if (epoch === undefined) throw new Error("no epoch has been drawn yet");
      return epoch;
    },
    draw() {
      drawing ??= raiseEpoch(context.sql, context.clock.nowMs())
        .then((drawn) => {
          epoch = drawn;
          return drawn;
        })
        .finally(() => {
          drawing = undefined;
        });
      return drawing;
    },
  };
}
