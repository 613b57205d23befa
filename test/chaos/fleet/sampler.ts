import { setTimeout as pause } from "node:timers/promises";
import type { DocumentList } from "../../../src/contract/document-list.ts";
import type { Control } from "./control.ts";
import type { Shown, Sighting } from "./evidence.ts";
import { type ProviderRig, slotOf } from "./rig.ts";

const everyMs = 500;
const callMs = 5_000;

export interface Samples {
  readonly sightings: readonly Sighting[];
  readonly shown: readonly Shown[];
}

/**
 * Counts, all the time, how many slots of each pool are at work, notes what progress the API shows, and
 * looks after the control plane.
 */
export function watchFleet(rig: ProviderRig, control: Control): { stop(): Promise<Samples> } {
  const sightings: Sighting[] = [];
  const shown: Shown[] = [];
  const last = new Map<string, number>();
  const stopping = new AbortController();
  const count = (): void => {
    const atMs = Date.now();
    const slots = new Map(rig.replicas().map((one) => [slotOf(one), one.pool]));
    for (const pool of new Set(slots.values())) {
      const own = [...slots.values()].filter((one) => one === pool);
      sightings.push({ atMs, pool, count: own.length });
    }
  };
  const note = async (): Promise<void> => {
    for (const { pipeline } of await readDocuments(control.url)) {
      const { percent } = pipeline.progress;
      if (last.get(pipeline.id) === percent) continue;
      last.set(pipeline.id, percent);
      shown.push({ pipeline: pipeline.id, generation: pipeline.generation, percent });
    }
  };
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      count();
      await note();
      await control.look();
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  watching.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await watching;
      return { sightings, shown };
    },
  };
}

/** The newest ones; none while nobody answers. */
async function readDocuments(url: string): Promise<DocumentList["documents"]> {
  try {
    const signal = AbortSignal.timeout(callMs);
    const response = await fetch(`${url}/api/workspaces/-/documents?limit=200`, { signal });
    return response.ok ? ((await response.json()) as DocumentList).documents : [];
  } catch {
    return [];
  }
}
