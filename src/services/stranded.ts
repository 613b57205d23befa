import { type Startable, strandedReason } from "../core/pipeline/stranded.ts";
import { readClassSupply } from "../db/depths.ts";
import type { ServiceContext } from "./context.ts";

/** By class: why a task of it that is ready would wait for ever. A class that is not named would not. */
export interface Stranded {
  reasons(): Promise<ReadonlyMap<number, string>>;
}

export function createStranded(
  context: Pick<ServiceContext, "sql">,
  startable: Startable,
): Stranded {
  return {
    async reasons() {
      const classes = await readClassSupply(context.sql);
      return new Map(
        classes.flatMap((supply) => {
          const reason = strandedReason(supply, startable);
          return reason === null ? [] : [[supply.classId, reason] as const];
        }),
      );
    },
  };
}
