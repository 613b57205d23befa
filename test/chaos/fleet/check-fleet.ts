import type { Evidence, Hit, Verdict } from "./evidence.ts";
import type { ContainerRow, LeaseRow, Recorded, ReplicaRow } from "./recorded.ts";

/** What must hold of replicas, whatever was done to them. */
export function fleetVerdicts(recorded: Recorded, evidence: Evidence): Verdict[] {
  return [
    slotsOnce(recorded),
    withinBounds(recorded, evidence),
    seenWithinBounds(evidence),
    nothingLeft(recorded, evidence),
    stopsAllowed(recorded, evidence),
    billsClosed(recorded),
  ];
}

const end = ({ toMs }: ReplicaRow): number => toMs ?? Number.POSITIVE_INFINITY;

function slotsOnce({ replicas }: Recorded): Verdict {
  const last = new Map<string, ReplicaRow>();
  const broken: string[] = [];
  for (const row of replicas.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const before = last.get(row.name);
    if (before && row.fromMs < end(before)) broken.push(`${row.name} ran twice at once`);
    last.set(row.name, row);
  }
  return { invariant: "one run a slot", looked: replicas.length, broken };
}

/**
 * By rows, at every moment. The least number is looked at where the run ends: while a control plane is
 * away, nobody can start what is missing.
 */
function withinBounds({ replicas }: Recorded, { pools }: Evidence): Verdict {
  const broken: string[] = [];
  for (const [pool, { min, max }] of Object.entries(pools)) {
    const own = replicas.filter((row) => row.pool === pool);
    const steps = own
      .flatMap((row) => [
        { atMs: row.fromMs, by: 1 },
        { atMs: end(row), by: -1 },
      ])
      // What ends makes room for what begins at the same moment.
      .toSorted((a, b) => a.atMs - b.atMs || a.by - b.by);
    let open = 0;
    for (const { atMs, by } of steps) {
      open += by;
      if (open > max) broken.push(`${pool}: ${open} of ${max} at ${new Date(atMs).toISOString()}`);
    }
    const left = own.filter(({ toMs }) => toMs === null).length;
    if (left < min) broken.push(`${pool}: ${left} at the end, at least ${min} are wanted`);
  }
  const strangers = replicas
    .filter(({ pool }) => !(pool in pools))
    .map(({ name }) => `${name} is of no pool`);
  return {
    invariant: "replicas within their bounds",
    looked: replicas.length,
    broken: [...broken, ...strangers],
  };
}

function seenWithinBounds({ pools, sightings }: Evidence): Verdict {
  const broken = sightings
    .filter(({ pool, count }) => count > (pools[pool]?.max ?? 0))
    .map(({ pool, count, atMs }) => `${pool}: ${count} run at ${new Date(atMs).toISOString()}`);
  return { invariant: "what runs is within its bounds", looked: sightings.length, broken };
}

function nothingLeft({ replicas, containers }: Recorded, { pools, left }: Evidence): Verdict {
  const mayStay = Object.values(pools).some(({ min }) => min > 0);
  const rows = replicas
    .filter(({ toMs }) => toMs === null)
    .map(({ name, phase }) => `${name} is ${phase}`);
  const known = containers
    .filter(({ toMs }) => toMs === null)
    .map(({ container }) => `${container} has not ended`);
  return {
    invariant: "no replica is left",
    looked: replicas.length + containers.length,
    broken: mayStay
      ? []
      : [...rows, ...known, ...left.map((name) => `the provider still runs ${name}`)],
  };
}

/** Why a control plane may stop a container that holds work. */
const causes = new Set([
  ...["TASK_STALLED", "TASK_TIMEOUT", "CONTAINER_LOST", "REPLICA_PREEMPTED", "FLEET_CEILING"],
  "control plane restarted",
]);

/**
 * Each lease that was lost or given back: its container was hit, or had a task past its time, or an
 * operator asked for it. Nobody is stopped in the middle of work for want of work.
 */
function stopsAllowed(recorded: Recorded, { hits }: Evidence): Verdict {
  const containers = new Map(recorded.containers.map((row) => [row.container, row]));
  const runs = new Map(recorded.replicas.map((row) => [row.container, row]));
  const cut = recorded.leases.filter(({ lost, outcome }) => lost || outcome === "released");
  const broken = cut
    .filter((lease) => {
      const container = containers.get(lease.container);
      const run = runs.get(lease.container);
      return !(
        wasHit(hits, container, lease) ||
        causes.has(container?.drainReason ?? "") ||
        causes.has(run?.reason ?? "") ||
        recorded.orders.some(({ name, atMs }) => name === run?.name && atMs <= (lease.toMs ?? 0))
      );
    })
    .map(({ task, pipeline, container, outcome, code }) => {
      const why = runs.get(container)?.reason ?? containers.get(container)?.drainReason;
      return `${task} of ${pipeline} was ${outcome} (${code ?? "no code"}) by ${container}: ${why ?? "for no reason"}`;
    });
  return { invariant: "a replica with work is stopped for a cause", looked: cut.length, broken };
}

const wasHit = (
  hits: readonly Hit[],
  container: ContainerRow | undefined,
  lease: LeaseRow,
): boolean =>
  hits.some(
    ({ pid, atMs }) => pid === container?.pid && atMs <= (lease.toMs ?? Number.POSITIVE_INFINITY),
  );

/** Whatever is paid for has a beginning and an end, within the time it ran and one piece of billing. */
function billsClosed({ replicas }: Recorded): Verdict {
  const broken = replicas.flatMap((row) => {
    const { name, priced, billedFromMs: from, billedUntilMs: until, toMs, quantumMs } = row;
    if (from === null) {
      const ran = row.container !== null;
      return priced && ran ? [`${name} has a price and was never billed`] : [];
    }
    if (until === null) return toMs === null ? [] : [`${name} ended and is still billed`];
    if (from > until) return [`${name} is billed backwards`];
    const late = toMs !== null && until > toMs + quantumMs;
    return late ? [`${name} is billed beyond its end`] : [];
  });
  return { invariant: "every bill is closed", looked: replicas.length, broken };
}
