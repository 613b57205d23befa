import { createHash } from "node:crypto";
import { findContainer, type KnownContainer } from "../db/containers.ts";
import type { ServiceContext } from "./context.ts";

/** Whose token it is. Every request of every container asks, and its row is read about every two seconds. */
export interface KnownContainers {
  /** Undefined once it has ended; that may be learnt `rememberMs` late. */
  find(token: string): Promise<KnownContainer | undefined>;
  /** Some container has ended or is another one now: all rows are read again. */
  forgetAll(): void;
}

export const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();

/**
 * Nothing is written on the strength of what is remembered: a turn of the queue looks at the container's
 * own row, every other write at its lease, a heartbeat at both.
 */
export const rememberMs = 2000;
const entriesMax = 2000;

interface Entry {
  readonly container: Promise<KnownContainer | undefined>;
  readonly untilMs: number;
}

export function createKnownContainers(
  context: Pick<ServiceContext, "sql" | "clock">,
): KnownContainers {
  const known = new Map<string, Entry>();
  const read = (token: string, nowMs: number): Entry => {
    const container = findContainer(context.sql, hashOf(token));
    const entry = { container, untilMs: nowMs + rememberMs };
    known.delete(token);
    known.set(token, entry);
    for (const oldest of known.keys()) {
      if (known.size <= entriesMax) break;
      known.delete(oldest);
    }
    // Only what is there is worth remembering: a stranger must not fill the memory, a fault must not stay.
    const drop = (): void => {
      if (known.get(token) === entry) known.delete(token);
    };
    container.then((found) => found ?? drop(), drop);
    return entry;
  };
  return {
    find(token) {
      const nowMs = context.clock.nowMs();
      const entry = known.get(token);
      return (entry && nowMs < entry.untilMs ? entry : read(token, nowMs)).container;
    },
    forgetAll: () => known.clear(),
  };
}
