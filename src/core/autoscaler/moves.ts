import type { Decision, Explanation, Want } from "./decision.ts";
import { startNotBeforeMs } from "./memory.ts";
import { isStarting, type ReplicaObservation } from "./observation.ts";
import { floorOf, inputsOf, type Moves, type Round, supplyOf, wantedOwn } from "./round.ts";
import { count, seconds } from "./words.ts";

/** What is still to be done so that `wanted` replicas run, fixed ones not counted. */
export function move(round: Round, wanted: number): Moves {
  const { standing, want } = round;
  const missing = wanted - standing.staying.length - standing.coming.length;
  if (missing > 0) return start(round, missing);
  if (missing < 0 && standing.staying.length > 0) return stop(round, -missing);
  const floor = floorOf(round.limits, round.orders, standing);
  if (floor.rule === "operator" && wantedOwn(want, standing) < floor.replicas) {
    return hold(round, floor.rule, false, () => {
      const { because, ...explained } = want.explain();
      const alternative = `follow the policy: ${because}`;
      return { ...explained, because: operatorWants(floor.replicas), alternative };
    });
  }
  return hold(round, want.rule, want.quiet, want.explain);
}

const operatorWants = (replicas: number): string =>
  `an operator wants at least ${count(replicas, "replica")}`;

function start(round: Round, missing: number): Moves {
  const { memory, nowMs, orders, standing, want } = round;
  const { paused } = orders;
  if (paused !== null) {
    return hold(round, "paused", false, () => {
      const { because, inputs } = reasonToStart(round);
      const alternative = `start all the same: ${because}`;
      return { because: `an operator paused starts: ${paused.reason}`, inputs, alternative };
    });
  }
  const notBeforeMs = startNotBeforeMs(memory);
  if (nowMs < notBeforeMs) {
    const because = `${count(memory.failures, "replica")} failed in a row; the next try is in ${seconds(notBeforeMs - nowMs)}`;
    return hold(round, "back-off", false, () => ({ ...want.explain(), because }));
  }
  const free = freeSlots(round, missing);
  if (free.length === 0) {
    const because = `${standing.leaving.join(", ")} must stop first`;
    return hold(round, "slot-taken", false, () => ({ ...want.explain(), because }));
  }
  const { rule, verb, because, ...explained } = reasonToStart(round);
  const inputs = inputsOf(round, explained);
  return {
    reason: rule,
    commands: free.map((replica) => ({ action: "start", replica, atMs: nowMs })),
    decisions: free.map((replica) => ({
      pool: round.pool,
      action: "start",
      replica,
      rule,
      sentence: `${replica} ${verb}: ${because}`,
      inputs,
      alternative: explained.alternative,
    })),
  };
}

/** The lowest names that nothing has and no open order to drain speaks of. */
function freeSlots({ pool, limits, orders, standing }: Round, missing: number): string[] {
  const { staying, coming, leaving, fixed } = standing;
  // One that is still leaving takes a place: the maximum counts what exists, not what is wanted.
  const own = [...staying.map((replica) => replica.name), ...coming, ...leaving];
  const places = Math.min(missing, limits.maxReplicas - own.length);
  const taken = new Set([...own, ...fixed, ...orders.drain]);
  const free: string[] = [];
  for (let slot = 1; slot <= limits.maxReplicas + taken.size && free.length < places; slot += 1) {
    if (!taken.has(`${pool}-${slot}`)) free.push(`${pool}-${slot}`);
  }
  return free;
}

/** The policy's own reason, unless less than the least runs. */
function reasonToStart(round: Round): Explanation & Pick<Want, "rule"> {
  const { pool, limits, orders, standing, want } = round;
  const { replicas, rule } = floorOf(limits, orders, standing);
  const policys = want.explain();
  if (wantedOwn(want, standing) >= replicas) return { ...policys, rule: want.rule };
  const because =
    rule === "operator"
      ? operatorWants(replicas)
      : `the ${pool} pool keeps at least ${count(limits.minReplicas, "replica")}`;
  const alternative = `follow the policy: ${policys.because}`;
  return { rule, verb: "started", because, inputs: policys.inputs, alternative };
}

/** Idle ones only: first slots beyond the maximum, then those not ready yet, then high numbers. */
function stop(round: Round, surplus: number): Moves {
  const { pool, limits, nowMs, standing, want } = round;
  const slotOf = (replica: ReplicaObservation) => Number(replica.name.slice(pool.length + 1));
  const order = (replica: ReplicaObservation) =>
    (slotOf(replica) > limits.maxReplicas ? 2_000_000 : 0) +
    (isStarting(replica) ? 1_000_000 : 0) +
    slotOf(replica);
  const idle = standing.staying.filter((replica) => replica.leases === 0);
  const chosen = idle.toSorted((a, b) => order(b) - order(a)).slice(0, surplus);
  if (chosen.length === 0) {
    const because = `${count(standing.staying.length, "replica")} still at work`;
    return hold(round, "busy", false, () => ({ ...want.explain(), because }));
  }
  const tooMany = wantedOwn(want, standing) > limits.maxReplicas;
  const rule = tooMany ? "maximum" : want.rule;
  const { because: reason, alternative, ...explained } = want.explain();
  const because = tooMany
    ? `the ${pool} pool has at most ${count(limits.maxReplicas, "replica")}`
    : reason;
  const inputs = inputsOf(round, explained);
  return {
    reason: rule,
    commands: chosen.map(({ name }) => ({ action: "stop", replica: name, atMs: nowMs })),
    decisions: chosen.map(({ name }) => ({
      pool,
      action: "stop",
      replica: name,
      rule,
      sentence: `${name} stopped: ${because}`,
      inputs,
      alternative,
    })),
  };
}

const noCommands: Moves["commands"] = [];
const noDecisions: Moves["decisions"] = [];

const silent = (reason: string): Moves => ({
  reason,
  commands: noCommands,
  decisions: noDecisions,
});

function hold(
  round: Round,
  rule: string,
  quiet: boolean,
  explain: () => Omit<Explanation, "verb">,
): Moves {
  // Between a command and its first sighting nothing is settled: there is no reason to tell yet.
  if (round.memory.commands.length > 0) return silent(round.memory.reason);
  if (quiet || rule === round.memory.reason) return silent(rule);
  const { because, alternative, ...explained } = explain();
  const said: Decision = {
    pool: round.pool,
    action: "hold",
    replica: null,
    rule,
    sentence: `${round.pool} held at ${supplyOf(round.standing)}: ${because}`,
    inputs: inputsOf(round, explained),
    alternative,
  };
  return { reason: rule, commands: [], decisions: [said] };
}
