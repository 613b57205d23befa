import type { SeenReplica } from "./diff.ts";

/** The least a run of a replica must tell: its name and, once it was seen, the machine it stands on. */
export interface KnownRun {
  readonly name: string;
  /** The provider's own name of what runs; null until it was seen there. */
  readonly providerRef: string | null;
  readonly isDraining: boolean;
}

/** `state` as in the diff. A machine that is still on its way has a name that stands for none. */
export interface SeenRun extends SeenReplica {
  readonly providerRef: string;
}

export interface EndedRun<Run, Seen> {
  readonly run: Run;
  /**
   * `exited`: told by the provider. `replaced`: another machine stands in its place. `vanished`: gone
   * without a word.
   */
  readonly how: "exited" | "replaced" | "vanished";
  /** What was told of its end; of one that was replaced, what stands in its place. */
  readonly sighting: Seen | null;
}

export interface Matched<Run, Seen> {
  readonly ended: readonly EndedRun<Run, Seen>[];
  readonly seen: readonly { readonly run: Run; readonly sighting: Seen }[];
  /** They run, and no open run stands for them. */
  readonly orphans: readonly Seen[];
}

/**
 * Open runs of one provider against what it shows of this installation. Each run is ended, seen or
 * still awaited, never two of them; each live sighting belongs to one run or to nobody.
 */
export function matchRuns<Run extends KnownRun, Seen extends SeenRun>(
  runs: readonly Run[],
  sightings: readonly Seen[],
): Matched<Run, Seen> {
  const ended: EndedRun<Run, Seen>[] = [];
  const seen: { run: Run; sighting: Seen }[] = [];
  const live = sightings.filter(({ state }) => state !== "exited");
  const taken = new Set<Seen>();
  for (const run of runs) {
    const here = live.find((one) => one.name === run.name);
    const over = sightings.find((one) => one.state === "exited" && isEndOf(run, one));
    if (over !== undefined) ended.push({ run, how: "exited", sighting: over });
    else if (here === undefined) {
      const awaited = run.providerRef === null && !run.isDraining;
      if (!awaited) ended.push({ run, how: "vanished", sighting: null });
    } else if (isSame(run, here)) {
      taken.add(here);
      seen.push({ run, sighting: here });
    } else ended.push({ run, how: "replaced", sighting: here });
  }
  return { ended, seen, orphans: live.filter((one) => !taken.has(one)) };
}

const isSame = (run: KnownRun, one: SeenRun): boolean =>
  run.providerRef === null || run.providerRef === one.providerRef;

/** An end of an earlier machine in the same place is old news. */
const isEndOf = (run: KnownRun, one: SeenRun): boolean => one.name === run.name && isSame(run, one);
