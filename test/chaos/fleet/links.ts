import { createLink, type Link } from "../queue/link.ts";
import type { PoolBounds } from "./evidence.ts";

/** A relay to the control plane for each replica there may be. */
export interface ReplicaLinks {
  /** For the containers: which relay is whose. */
  readonly env: Readonly<Record<string, string>>;
  /** Of `vision-1`. Throws for a slot that does not exist. */
  of(slot: string): Link;
  close(): Promise<void>;
}

export async function createReplicaLinks(
  pools: Readonly<Record<string, PoolBounds>>,
  controlPort: number,
): Promise<ReplicaLinks> {
  const links = new Map<string, Link>();
  for (const [pool, { max }] of Object.entries(pools)) {
    for (let replica = 1; replica <= max; replica += 1) {
      links.set(`${pool}-${replica}`, await createLink(() => controlPort));
    }
  }
  const urls = [...links].map(([slot, { port }]) => [slot, `http://127.0.0.1:${port}`]);
  return {
    env: { CHAOS_LINKS: JSON.stringify(Object.fromEntries(urls)) },
    of(slot) {
      const link = links.get(slot);
      if (!link) throw new Error(`there is no ${slot}`);
      return link;
    },
    async close() {
      for (const link of links.values()) await link.close();
    },
  };
}
