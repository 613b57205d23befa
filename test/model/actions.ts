import { bitOf } from "../../src/core/pipeline/graph.ts";
import { readSpent, reportProgress } from "../../src/db/leases.ts";
import { applyMoves, type DoneMove, type Move, type TaskMove } from "../../src/db/moves.ts";
import { type Claim, isStaleEpoch, takeTurn } from "../../src/db/turn.ts";
import { deadOf, delayOf, doneOf, epoch, readRetryMask, releaseOf } from "../support/queue.ts";
import {
  beat,
  drain,
  drainOne,
  leave,
  pass,
  promote,
  replace,
  rescue,
  silence,
} from "./actions-of-containers.ts";
import { same } from "./expect.ts";
import { keyOf } from "./queue-model.ts";
import { nextOf } from "./shapes.ts";
import { submitMany, submitOne } from "./submissions.ts";
import { homesOf, takeGrants } from "./turn-rules.ts";
import type { Remembered, World } from "./world.ts";

export interface Action {
  /** How often, beside the others. */
  readonly weight: number;
  /** Does it to database and model, and answers what it did; throws where they differ. */
  readonly act: (world: World) => Promise<string>;
}

const rememberedMax = 24;

/** A lease as some worker names it: mostly a live one, at times one that is gone, of another container or epoch. */
function named({ model, chance, remembered }: World): (Remembered & { asks?: string }) | undefined {
  const asking = (lease: Remembered) =>
    chance.is(0.5) ? { ...lease, asks: lease.container } : lease;
  if (chance.is(0.12)) {
    const gone = chance.pick(remembered);
    return gone && asking(gone);
  }
  const lease = chance.pick([...model.leases.values()]);
  if (!lease) return undefined;
  if (chance.is(0.08)) return { ...lease, asks: chance.pick([...model.containers.keys()]) ?? "" };
  return asking(chance.is(0.05) ? { ...lease, epoch: lease.epoch + 1 } : lease);
}

function doneMove(world: World): DoneMove[] {
  const lease = named(world);
  if (!lease) return [];
  const move = doneOf(lease, world.chance.is(0.1) ? [2] : []) as DoneMove;
  return [lease.asks === undefined ? move : { ...move, container: lease.asks }];
}

const times = <T>(count: number, make: () => T[]): T[] =>
  Array.from({ length: count }, make).flat();

/** Some that are there, and at times one that is not any more. */
function claimants({ model, chance }: World): string[] {
  const [ended, alive]: [string[], string[]] = [[], []];
  for (const container of model.containers.values()) {
    (container.ended ? ended : alive).push(container.id);
  }
  return [...chance.some(alive, 5), ...(chance.is(0.05) ? chance.some(ended, 1) : [])];
}

/** The fused turn: settles some, and some containers ask for more. */
async function turn(world: World): Promise<string> {
  const { chance } = world;
  const done = times(chance.is(0.5) ? chance.below(4) : 0, () => doneMove(world));
  const claims = claimants(world).map((container) => claimOf(world, container, chance.below(6)));
  return take(world, done, claims);
}

const lastTurnsMax = 6;

/** One that works is drained and finishes, as a worker does: it settles all it holds and asks for one more in the same turn. */
async function finish(world: World): Promise<string> {
  const { model, chance } = world;
  const alive = [...model.containers.values()].filter(({ ended }) => !ended);
  const container = chance.pick(alive.filter(({ id }) => model.heldBy(id).length > 0));
  if (!container) return "nobody is at work";
  const { id } = container;
  const told = [await drainOne(world, container)];
  while (model.heldBy(id).length > 0 && told.length <= lastTurnsMax) {
    const done = model.heldBy(id).map((lease) => doneOf(lease) as DoneMove);
    told.push(await take(world, done, [claimOf(world, id, 1)]));
  }
  return told.join("; ");
}

const claimOf = ({ floors }: World, container: string, capacity: number): Claim => ({
  container,
  capacity,
  floor: floors.get(container) ?? 0,
});

async function take(
  world: World,
  done: readonly DoneMove[],
  claims: readonly Claim[],
): Promise<string> {
  const { sql, model, floors } = world;
  const asks = claims.map(({ container, capacity }) => `${container} asks for ${capacity}`);
  world.doing = `settles ${done.map(nameOf).join(" ")}; ${asks.join(", ")}`;
  const homes = homesOf(model);
  const accepted = model.settleDone(done);
  const turned = await takeTurn(sql, { epoch, done, claims });
  same("answers of a turn", turned.accepted, accepted);
  world.doing += `; got ${JSON.stringify(turned.leases.map((l) => [l.container, l.pipelineId, l.idx]))}`;
  takeGrants(model, claims, homes, turned.leases);
  for (const [container, floor] of turned.floors) floors.set(container, floor);
  for (const { id, container } of turned.leases) world.remembered.push({ epoch, id, container });
  world.remembered.splice(0, Math.max(0, world.remembered.length - rememberedMax));
  const got = turned.leases.map((l) => `${l.container} takes ${l.idx} of ${l.pipelineId}`);
  return `settles ${done.map(keyOf).join(" ")}; ${got.join(", ") || "nothing taken"}`;
}

/** A turn in an epoch nobody has drawn changes nothing. */
async function staleTurn(world: World): Promise<string> {
  const { sql, model } = world;
  const done = doneMove(world);
  const claims = [...model.containers.keys()].map((container) => ({
    container,
    capacity: 4,
    floor: 0,
  }));
  const refused = await takeTurn(sql, { epoch: epoch + 1, done, claims }).then(
    () => false,
    isStaleEpoch,
  );
  same("refusal of a strange epoch", refused, true);
  return "a turn in a strange epoch";
}

/** What a worker says, as the services make moves of it. */
async function taskMove(world: World): Promise<TaskMove[]> {
  const { sql, model, chance } = world;
  if (chance.is(0.3)) return doneMove(world);
  const lease = named(world);
  if (!lease) return [];
  const asks = lease.asks === undefined ? {} : { container: lease.asks };
  if (chance.is(0.25)) return [{ ...releaseOf(lease), ...asks }];
  const live = model.leases.get(keyOf(lease));
  const known =
    live && (model.pipelines.get(live.pipeline)?.spent.get(live.index) ?? { failures: 0, lost: 0 });
  const [spent] = await readSpent(sql, lease.container, [lease]);
  same("what was spent", spent && { failures: spent.failures, lost: spent.lost }, known);
  const lost = chance.is(0.3);
  const ending = lost ? { kind: "lost" } : { kind: "failed", retryable: chance.is(0.9) };
  const next = nextOf(ending as never, known ?? { failures: 0, lost: 0 }, chance);
  if (next.kind === "dead") return [{ ...deadOf(lease), lost, ...asks } as TaskMove];
  return [{ ...delayOf(lease, next.afterMs, lost), ...asks }];
}

function pipelineMove({ model, chance }: World): Move[] {
  const pipeline = chance.pick([...model.pipelines.values()]);
  if (!pipeline) return [];
  const { id } = pipeline;
  if (chance.is(0.3)) return [{ kind: "cancel", pipeline: id, by: "test" }];
  const move = { kind: "retry", pipeline: id, by: "test" } as const;
  if (chance.is(0.4)) return [move];
  const from = times(1 + chance.below(2), () => [bitOf(chance.below(pipeline.pack.tasks.length))]);
  return [{ ...move, fromMask: String(from.reduce((mask, bit) => mask | bit, 0n)) }];
}

const send = async (world: World, moves: readonly Move[]): Promise<string> => {
  const { sql, model } = world;
  world.doing = moves.map(nameOf).join(", ");
  const accepted = model.applyMoves(moves);
  same("answers to moves", await applyMoves(sql, moves), accepted);
  return moves.map((m, at) => `${nameOf(m)}${accepted[at] ? "" : " (refused)"}`).join(", ");
};

const nameOf = (move: Move): string =>
  "pipeline" in move
    ? `${move.kind} ${move.pipeline}`
    : `${move.kind} ${keyOf(move)}${move.container === undefined ? "" : ` by ${move.container}`}`;

async function setBack(world: World): Promise<string> {
  const moves: Move[] = [];
  for (let left = 1 + world.chance.below(3); left > 0; left -= 1) {
    moves.push(...(await taskMove(world)));
  }
  // Of two moves of one lease the first counts.
  if (world.chance.is(0.1)) moves.push(...moves.slice(0, 1));
  if (world.chance.is(0.1)) moves.push(...pipelineMove(world));
  return send(world, moves);
}

async function person(world: World): Promise<string> {
  const moves = pipelineMove(world);
  const [move] = moves;
  if (move?.kind === "retry") {
    const from = move.fromMask === undefined ? null : BigInt(move.fromMask);
    const mask = world.model.retryMask(move.pipeline, from);
    same(
      "a retry's mask",
      String(await readRetryMask(world.sql, move.pipeline, from)),
      String(mask),
    );
  }
  return send(world, moves);
}

async function progress(world: World): Promise<string> {
  const { sql, model, chance } = world;
  const lease = named(world);
  if (!lease) return "nothing to report on";
  const at = { fraction: chance.below(101) / 100, done: chance.below(10), total: 10 };
  const by = lease.asks ?? lease.container;
  const accepted = model.progress(by, lease, at);
  same("answer to progress", await reportProgress(sql, by, lease, at), accepted);
  return `progress of ${keyOf(lease)}${accepted ? "" : " (refused)"}`;
}

/** Another kind of step is another entry. */
export const actions: Readonly<Record<string, Action>> = {
  submit: { weight: 6, act: submitOne },
  batch: { weight: 3, act: submitMany },
  turn: { weight: 40, act: turn },
  finish: { weight: 3, act: finish },
  strange: { weight: 1, act: staleTurn },
  moves: { weight: 14, act: setBack },
  person: { weight: 6, act: person },
  progress: { weight: 8, act: progress },
  promote: { weight: 5, act: promote },
  pass: { weight: 6, act: pass },
  beat: { weight: 4, act: beat },
  silence: { weight: 1, act: silence },
  rescue: { weight: 4, act: rescue },
  drain: { weight: 1, act: drain },
  replace: { weight: 8, act: replace },
  leave: { weight: 3, act: leave },
};
