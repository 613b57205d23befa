/** The least a fleet must know about a replica that should exist. */
export interface WantedReplica {
  /** Full name, with the installation in it: `pl-<installation>-vision-1`. */
  readonly name: string;
}

/** The least a provider tells about a replica that does. */
export interface SeenReplica {
  readonly name: string;
  readonly installation: string;
  readonly state: "starting" | "running" | "stopping" | "exited";
}

export type FleetAction<Wanted extends WantedReplica, Seen extends SeenReplica> =
  | { readonly action: "start"; readonly replica: Wanted }
  | { readonly action: "stop"; readonly replica: Seen };

/**
 * What a provider must do so that exactly the wanted replicas of this installation run. A replica
 * that is still stopping is left to end, even if it is wanted again: a later call starts it. Those
 * of another installation count for nothing and are never touched. Stops come first, so that a
 * provider with few places has room.
 */
export function diffFleet<Wanted extends WantedReplica, Seen extends SeenReplica>(
  installation: string,
  wanted: readonly Wanted[],
  sightings: readonly Seen[],
): FleetAction<Wanted, Seen>[] {
  const ours = sightings.filter((seen) => seen.installation === installation);
  const present = new Set(ours.filter((seen) => seen.state !== "exited").map((seen) => seen.name));
  const names = new Set(wanted.map((replica) => replica.name));
  const stopped = new Set<string>();
  const actions: FleetAction<Wanted, Seen>[] = [];
  for (const seen of ours) {
    const runs = seen.state === "starting" || seen.state === "running";
    if (!runs || names.has(seen.name) || stopped.has(seen.name)) continue;
    stopped.add(seen.name);
    actions.push({ action: "stop", replica: seen });
  }
  for (const replica of wanted) {
    if (present.has(replica.name)) continue;
    present.add(replica.name);
    actions.push({ action: "start", replica });
  }
  return actions;
}
