import { readSnapshotHolders, recordHeldVacuum, type SnapshotHolder } from "../db/vacuum.ts";
import type { ServiceContext } from "./context.ts";

export interface HeldSnapshot extends SnapshotHolder {
  readonly seconds: number;
}

/** Who keeps vacuum from removing dead rows: the queue grows slower with each one. */
export interface VacuumWatch {
  /** Now, longest first. */
  look(): Promise<HeldSnapshot[]>;
  /** Looks, and warns once of each that has lasted too long; answers whether any has. */
  warn(): Promise<boolean>;
}

export const heldSentence = ({ kind, who, seconds }: HeldSnapshot): string =>
  `The ${kind} ${who} has held back vacuum for ${Math.round(seconds)} s; the queue slows down meanwhile.`;

export function createVacuumWatch(
  context: Pick<ServiceContext, "sql" | "log" | "clock" | "change">,
  heldMsMax: number,
): VacuumWatch {
  /** By holder and snapshot: since when it was seen here. PostgreSQL does not say it of all. */
  let seen = new Map<string, number>();
  let warned = new Set<string>();
  const keyOf = ({ kind, id, xmin }: SnapshotHolder): string => `${kind}/${id}/${xmin}`;
  const look = async (): Promise<HeldSnapshot[]> => {
    const holders = await readSnapshotHolders(context.sql);
    const nowMs = context.clock.nowMs();
    seen = new Map(holders.map((holder) => [keyOf(holder), seen.get(keyOf(holder)) ?? nowMs]));
    return holders
      .map((holder) => {
        const seenSeconds = (nowMs - (seen.get(keyOf(holder)) ?? nowMs)) / 1000;
        return { ...holder, seconds: Math.max(holder.seconds ?? 0, seenSeconds) };
      })
      .toSorted((a, b) => b.seconds - a.seconds);
  };
  return {
    look,
    async warn() {
      const long = (await look()).filter(({ seconds }) => seconds * 1000 >= heldMsMax);
      const before = warned;
      warned = new Set(long.map(({ kind, id }) => `${kind}/${id}`));
      for (const holder of long) {
        if (before.has(`${holder.kind}/${holder.id}`)) continue;
        const sentence = heldSentence(holder);
        const { who, seconds } = holder;
        context.log.warn({ holder: who, seconds }, sentence);
        await recordHeldVacuum(context.sql, { holder: who, seconds, sentence });
        context.change.wakeAll();
      }
      return long.length > 0;
    },
  };
}
