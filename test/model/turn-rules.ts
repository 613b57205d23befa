import type { Claim, GrantedLease } from "../../src/db/turn.ts";
import type { QueueModel } from "./queue-model.ts";
import type { ModelContainer, ModelPipeline } from "./things.ts";

/** One container of a turn, as it stands after the settling and before the handing out. */
interface Host {
  readonly container: ModelContainer;
  readonly roomBefore: number;
  room: number;
  /** Pipelines it worked on when the turn began, also those whose task it has just settled. */
  readonly atHome: ReadonlySet<number>;
  readonly held: Set<number>;
  takesNew: boolean;
}

interface Waiting {
  readonly pipeline: ModelPipeline;
  readonly index: number;
}

/** Pipelines by container, to be asked before a turn settles. */
export function homesOf(model: QueueModel): Map<string, Set<number>> {
  const homes = new Map<string, Set<number>>();
  for (const { container, pipeline } of model.leases.values()) {
    const known = homes.get(container) ?? new Set();
    homes.set(container, known.add(pipeline));
  }
  return homes;
}

/**
 * Takes what a turn handed out into the model, and throws when that was against the rules. Which of
 * several right choices is made is left to the database: every grant has to be legal, nobody with room
 * may go away empty while something waits for him, and nobody may overtake.
 */
export function takeGrants(
  model: QueueModel,
  claims: readonly Claim[],
  homes: ReadonlyMap<string, ReadonlySet<number>>,
  leases: readonly GrantedLease[],
): void {
  const hosts = new Map<string, Host>();
  for (const claim of claims) {
    const container = model.containers.get(claim.container);
    if (!container || container.ended || container.silent) continue;
    const held = model.heldBy(container.id);
    const room = Math.max(0, Math.min(claim.capacity, container.slots - held.length));
    hosts.set(container.id, {
      container,
      room,
      roomBefore: room,
      atHome: homes.get(container.id) ?? new Set(),
      held: new Set(held.map((lease) => lease.pipeline)),
      takesNew: false,
    });
  }
  for (const lease of leases) takeGrant(model, hosts, lease);
  for (const host of hosts.values()) checkPipelines(host);
  const waiting = waitingOf(model);
  for (const host of hosts.values()) checkLeftEmpty(model, host, waiting);
  checkOrder(model, hosts, leases, waiting);
}

function takeGrant(model: QueueModel, hosts: ReadonlyMap<string, Host>, lease: GrantedLease): void {
  const what = `task ${lease.idx} of ${lease.pipelineId} for ${lease.container}`;
  const host = hosts.get(lease.container);
  if (!host) throw new Error(`${what}: it takes no part in this turn`);
  const pipeline = model.pipelines.get(lease.pipelineId);
  const queued = pipeline?.queue.get(lease.idx);
  if (!pipeline || queued?.place !== "ready") throw new Error(`${what}: it was not ready`);
  if (queued.attempt !== lease.attempt || queued.generation !== lease.generation) {
    throw new Error(`${what}: attempt ${lease.attempt} of generation ${lease.generation}`);
  }
  if (!model.serves(host.container, pipeline, lease.idx)) throw new Error(`${what}: not its class`);
  if (host.room === 0) throw new Error(`${what}: it has no room`);
  host.room -= 1;
  if (!host.held.has(pipeline.id) && !host.atHome.has(pipeline.id)) host.takesNew = true;
  host.held.add(pipeline.id);
  model.grant(lease);
}

function checkPipelines({ container, held, takesNew }: Host): void {
  if (!takesNew) return;
  if (container.drain) throw new Error(`${container.id} drains, and got a new pipeline`);
  if (held.size <= container.pipelines) return;
  throw new Error(`${container.id} works on ${held.size} pipelines of ${container.pipelines}`);
}

const waitingOf = (model: QueueModel): Waiting[] =>
  [...model.pipelines.values()].flatMap((pipeline) =>
    [...pipeline.queue].flatMap(([index, { place }]) =>
      place === "ready" ? [{ pipeline, index }] : [],
    ),
  );

const hasSeat = ({ container, held }: Host): boolean =>
  !container.drain && held.size < container.pipelines;

/** One that drains finishes also those whose last task it has just settled. */
const isItsOwn = ({ container, held, atHome }: Host, { id }: ModelPipeline): boolean =>
  held.has(id) || (container.drain && atHome.has(id));

function checkLeftEmpty(model: QueueModel, host: Host, waiting: readonly Waiting[]): void {
  const { container, room } = host;
  if (room === 0) return;
  const left = waiting.find(
    ({ pipeline, index }) =>
      model.serves(container, pipeline, index) && (isItsOwn(host, pipeline) || hasSeat(host)),
  );
  if (!left) return;
  throw new Error(
    `${container.id} has room for ${room} of ${host.roomBefore}, and task ${left.index} of ${left.pipeline.id} still waits`,
  );
}

/** Affinity apart, nobody is given a task while one of its class and of a lower rank goes on waiting. */
function checkOrder(
  model: QueueModel,
  hosts: ReadonlyMap<string, Host>,
  leases: readonly GrantedLease[],
  waiting: readonly Waiting[],
): void {
  for (const lease of leases) {
    const host = hosts.get(lease.container);
    const pipeline = model.pipelines.get(lease.pipelineId);
    if (!host || !pipeline || host.atHome.has(pipeline.id)) continue;
    const task = pipeline.pack.tasks[lease.idx];
    const passed = waiting.find(
      (other) =>
        !isAtHome(model, other.pipeline) &&
        isSameClass(other.pipeline.pack.tasks[other.index], task) &&
        isBefore(other.pipeline, pipeline),
    );
    if (!passed) continue;
    throw new Error(
      `task ${lease.idx} of ${pipeline.id} went to ${lease.container} before task ${passed.index} of ${passed.pipeline.id}`,
    );
  }
}

/** Some container works on it already: what is left of it waits for a place there. */
const isAtHome = (model: QueueModel, { id }: ModelPipeline): boolean =>
  [...model.leases.values()].some(({ pipeline }) => pipeline === id);

type Needs = ModelPipeline["pack"]["tasks"][number];

const isSameClass = (one: Needs | undefined, two: Needs | undefined): boolean =>
  one?.pool === two?.pool && String(one?.features) === String(two?.features);

const isBefore = (one: ModelPipeline, two: ModelPipeline): boolean =>
  one.rank < two.rank || (one.rank === two.rank && one.id < two.id);
