import {
  drainContainerById,
  endContainer,
  endSilentContainers,
  heartbeat,
  readLostLeases,
} from "../../src/db/containers.ts";
import { readTroubledLeases } from "../../src/db/leases.ts";
import { applyMoves, type Move, promoteDelayed } from "../../src/db/moves.ts";
import { addContainer, failure } from "../support/queue.ts";
import { same } from "./expect.ts";
import { keyOf } from "./queue-model.ts";
import { type ContainerShape, containerShapes, nextOf } from "./shapes.ts";
import type { ModelContainer } from "./things.ts";
import { setClock, type World } from "./world.ts";

/** So long that none is silent unless a step makes it so. */
const ttlMs = 100 * 365 * 86_400_000;

export async function register(world: World, shape: ContainerShape): Promise<string> {
  const { sql, model } = world;
  // As one whole: a container's id would else differ from one life to the next.
  const replica = model.containers.size + 1;
  const id = await addContainer(sql, { ...shape, replica, ttlMs });
  model.containers.set(id, { ...shape, id, drain: false, silent: false, ended: false });
  model.tell(null, "container.registered");
  model.tell(null, "container.phase");
  return id;
}

const aliveOf = ({ model }: World) => [...model.containers.values()].filter(({ ended }) => !ended);

/** A new container for one that has ended, of the same shape. */
export async function replace(world: World): Promise<string> {
  const alive = aliveOf(world);
  const missing = containerShapes.filter(
    (shape) =>
      !alive.some(
        ({ pool, slots, drain }) => pool === shape.pool && slots === shape.slots && !drain,
      ),
  );
  const shape = world.chance.pick(missing);
  if (!shape) return "all are there";
  return `registers ${await register(world, shape)}`;
}

export async function drain(world: World): Promise<string> {
  const container = world.chance.pick(aliveOf(world));
  return container ? drainOne(world, container) : "nobody to drain";
}

export async function drainOne({ sql }: World, container: ModelContainer): Promise<string> {
  await drainContainerById(sql, container.id, "test");
  container.drain = true;
  return `${container.id} drains`;
}

/** A container goes, mostly one that drains; what it holds is for the rescuer. */
export async function leave(world: World): Promise<string> {
  const alive = aliveOf(world);
  const container = world.chance.pick(alive.filter((one) => one.drain || world.chance.is(0.05)));
  if (!container) return "nobody leaves";
  const [replica] = container.id.slice(container.pool.length + 1).split(".");
  const held = world.model.heldBy(container.id).length;
  same(
    "leases of one that left",
    await endContainer(world.sql, container.pool, Number(replica), "test"),
    held,
  );
  container.ended = true;
  if (held > 0) world.model.tell(null, "container.lost");
  return `${container.id} leaves ${held} leases`;
}

/** From now on no beat of it is heard. */
export async function silence(world: World): Promise<string> {
  const container = world.chance.pick(aliveOf(world));
  if (!container) return "nobody to silence";
  await world.sql`update processing_servers set expires_at = pl_now() - interval '1 millisecond' where id = ${container.id}`;
  container.silent = true;
  return `${container.id} falls silent`;
}

/** A beat of a container, silent or not: unless it was ended, it lives on. Its leases are told apart. */
export async function beat(world: World): Promise<string> {
  const { sql, model, chance } = world;
  const all = [...model.containers.values()];
  const container = chance.pick(chance.is(0.8) ? all.filter(({ ended }) => !ended) : all);
  if (!container) return "nobody to beat";
  const named = chance.some(world.remembered, 4);
  const [answer, lost] = await Promise.all([
    heartbeat(sql, container.id, { phase: "ready", note: null, ttlMs, leases: named.length }),
    readLostLeases(sql, container.id, named),
  ]);
  same("the answer to a beat", answer?.drain, container.ended ? undefined : container.drain);
  const gone = named.filter((key) => model.leases.get(keyOf(key))?.container !== container.id);
  same("leases lost", lost.map(keyOf).toSorted(), gone.map(keyOf).toSorted());
  if (!container.ended) container.silent = false;
  return `${container.id} beats`;
}

/** At times past a stall, or past a deadline. */
const passes = [1, 10, 100, 500, 1000, 1000, 2000, 5000, 5000, 31_000, 61_000];

export async function pass(world: World): Promise<string> {
  const ms = world.chance.pick(passes) ?? 1;
  await setClock(world, world.model.nowMs + ms);
  return `${ms} ms pass`;
}

export async function promote({ sql, model }: World): Promise<string> {
  const due = model.promote();
  same("tasks promoted", await promoteDelayed(sql), due);
  return `promotes ${due}`;
}

/** A tick of the rescuer. */
export async function rescue(world: World): Promise<string> {
  const { sql, model, chance } = world;
  await endSilentContainers(sql);
  model.endSilent();
  const found = await readTroubledLeases(sql);
  const troubled = model.troubled();
  same(
    "leases in trouble",
    found.map(({ cause, ...lease }) => `${keyOf(lease)} ${cause}`),
    troubled.map(({ cause, lease }) => `${keyOf(lease)} ${cause}`),
  );
  const moves = found.map(({ cause, epoch, id, container, ...spent }): Move => {
    const lost = cause === "lost";
    const ending = lost ? { kind: cause } : ({ kind: "failed", retryable: true } as const);
    const next = nextOf(ending as never, spent, chance);
    return { epoch, id, failure, lost, ...next };
  });
  const accepted = model.applyMoves(moves);
  same("answers to the rescuer", await applyMoves(sql, moves), accepted);
  for (const { cause, container } of found) {
    if (cause === "lost") continue;
    await drainContainerById(sql, container, "test");
    const known = model.containers.get(container);
    if (known) known.drain = true;
  }
  return `rescues ${troubled.map(({ cause }) => cause).join(", ") || "nothing"}`;
}
