import type { RetrySettings } from "../core/pipeline/retry.ts";
import {
  type ClaimedTask,
  claimedTask,
  type PipelineFacts,
  readPipelineFacts,
} from "../db/leases.ts";
import { applyMoves, type DoneMove, type TaskMove } from "../db/moves.ts";
import { type GrantedLease, isStaleEpoch, type Turn, type Turned, takeTurn } from "../db/turn.ts";
import type { ServiceContext } from "./context.ts";
import type { Epoch } from "./epoch.ts";
import { isRefusal, movesOf, type Settlement, unstorableMove } from "./outcomes.ts";

export interface Passed {
  /** One answer an outcome, in order: false when its lease was gone. */
  readonly accepted: readonly boolean[];
  readonly leases: readonly ClaimedTask[];
}

/** The one way of a container's outcomes in and of its tasks out. */
export interface Turnstile {
  /** Settles, then hands out up to `capacity` tasks if there are any now. */
  pass(container: string, outcomes: readonly Settlement[], capacity: number): Promise<Passed>;
}

export interface TurnstileOptions {
  readonly retry: RetrySettings;
  /** Turns under way at once. */
  readonly lanes?: number;
  /** Outcomes, and requests, that a turn takes at most. */
  readonly outcomesMax?: number;
  readonly entriesMax?: number;
}

interface Entry {
  readonly container: string;
  readonly moves: readonly TaskMove[];
  readonly capacity: number;
  readonly accepted: boolean[];
  readonly leases: ClaimedTask[];
  resolve(passed: Passed): void;
  reject(error: unknown): void;
}

/** One outcome that went well, with the place its answer belongs. */
interface Done {
  readonly move: DoneMove;
  readonly entry: Entry;
  readonly index: number;
}

/**
 * Turns are natural batches: one begins at once when a lane is free, and takes whatever came while all
 * lanes were busy. An idle system adds no delay, a busy one needs ever fewer commits a task. A batch that
 * fails is split until the one result that cannot be stored is alone; it ends its own task only.
 */
export function createTurnstile(
  context: ServiceContext,
  epoch: Epoch,
  options: TurnstileOptions,
): Turnstile {
  const turns = new Turns(context, epoch, options);
  return {
    async pass(container, outcomes, capacity) {
      const moves = await movesOf(context, options.retry, container, outcomes);
      return new Promise((resolve, reject) => {
        const accepted = moves.map(() => false);
        turns.add({ container, moves, capacity, accepted, leases: [], resolve, reject });
      });
    },
  };
}

class Turns {
  readonly #context: ServiceContext;
  readonly #epoch: Epoch;
  readonly #lanes: number;
  readonly #outcomesMax: number;
  readonly #entriesMax: number;
  readonly #facts: FactsCache;
  /** By container: an id below which it holds no lease. */
  readonly #floors = new Map<string, number>();
  readonly #underWay = new Set<string>();
  #waiting: Entry[] = [];
  #busy = 0;

  constructor(context: ServiceContext, epoch: Epoch, options: TurnstileOptions) {
    this.#context = context;
    this.#epoch = epoch;
    this.#lanes = options.lanes ?? 2;
    this.#outcomesMax = options.outcomesMax ?? 500;
    this.#entriesMax = options.entriesMax ?? 128;
    this.#facts = new FactsCache(context);
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
    this.#pump();
  }

  #pump(): void {
    while (this.#busy < this.#lanes) {
      const batch = this.#next();
      if (batch.length === 0) return;
      this.#busy += 1;
      void this.#run(batch).finally(() => {
        for (const { container, capacity } of batch) {
          if (capacity > 0) this.#underWay.delete(container);
        }
        this.#busy -= 1;
        this.#pump();
      });
    }
  }

  /** In order of arrival; a container whose claim is under way claims again only after it. */
  #next(): Entry[] {
    const batch: Entry[] = [];
    const left: Entry[] = [];
    let outcomes = 0;
    for (const entry of this.#waiting) {
      const isFull = batch.length > 0 && outcomes + entry.moves.length > this.#outcomesMax;
      const claims = entry.capacity > 0;
      const mustWait = claims && this.#underWay.has(entry.container);
      if (isFull || mustWait || batch.length >= this.#entriesMax) {
        left.push(entry);
        continue;
      }
      if (claims) this.#underWay.add(entry.container);
      batch.push(entry);
      outcomes += entry.moves.length;
    }
    this.#waiting = left;
    return batch;
  }

  /** Never throws: every entry is answered. */
  async #run(batch: readonly Entry[]): Promise<void> {
    try {
      const setbacks = await this.#setBack(batch);
      const turned = await this.#turn(batch);
      await this.#equip(batch, turned.leases);
      for (const entry of batch) entry.resolve(entry);
      if (setbacks) this.#context.work.wakeAll();
      else if (turned.freed.length > 0) this.#context.work.wakeAll(turned.freed);
      this.#context.change.wakeAll();
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }

  /** What did not go well is rare, and goes first, so that its slots are free for the turn. */
  async #setBack(batch: readonly Entry[]): Promise<boolean> {
    const setbacks = batch.flatMap((entry) =>
      entry.moves.flatMap((move, index) => (move.kind === "done" ? [] : [{ move, entry, index }])),
    );
    const accepted = await applyMoves(
      this.#context.sql,
      setbacks.map(({ move }) => move),
    );
    for (const [at, { entry, index }] of setbacks.entries()) {
      entry.accepted[index] = accepted[at] ?? false;
    }
    return setbacks.length > 0;
  }

  async #turn(batch: readonly Entry[]): Promise<Pick<Turned, "leases" | "freed">> {
    const done = batch.flatMap((entry) =>
      entry.moves.flatMap((move, index) => (move.kind === "done" ? [{ move, entry, index }] : [])),
    );
    const claims = batch
      .filter(({ capacity }) => capacity > 0)
      .map(({ container, capacity }) => ({
        container,
        capacity,
        floor: this.#floors.get(container) ?? 0,
      }));
    if (done.length + claims.length === 0) return { leases: [], freed: [] };
    try {
      return await this.#take(done, claims);
    } catch (error) {
      if (!isRefusal(error) || done.length === 0) throw error;
      await this.#settleApart(done, error);
      return this.#take([], claims);
    }
  }

  async #take(done: readonly Done[], claims: Turn["claims"]): Promise<Turned> {
    const moves = done.map(({ move }) => move);
    const take = (epoch: number) => takeTurn(this.#context.sql, { epoch, done: moves, claims });
    // Settling alone hands nothing out, and needs no epoch.
    const turned = await (claims.length === 0 ? take(0) : this.#inEpoch(take));
    for (const [at, { entry, index }] of done.entries()) {
      entry.accepted[index] = turned.accepted[at] ?? false;
    }
    for (const [container, floor] of turned.floors) this.#floors.set(container, floor);
    return turned;
  }

  /** The server has been restarted, or restored: from here on all leases are of a new epoch. */
  async #inEpoch<T>(work: (epoch: number) => Promise<T>): Promise<T> {
    try {
      return await work(this.#epoch.current());
    } catch (error) {
      if (!isStaleEpoch(error)) throw error;
      this.#floors.clear();
      return work(await this.#epoch.draw());
    }
  }

  /** Halves, until what the database refuses is alone. */
  async #settleApart(done: readonly Done[], cause: unknown): Promise<void> {
    const [first] = done;
    if (first && done.length === 1) {
      const [accepted] = await applyMoves(this.#context.sql, [unstorableMove(first.move, cause)]);
      first.entry.accepted[first.index] = accepted ?? false;
      this.#context.work.wakeAll();
      return;
    }
    const middle = Math.ceil(done.length / 2);
    for (const half of [done.slice(0, middle), done.slice(middle)]) {
      try {
        const turned = await this.#take(half, []);
        if (turned.freed.length > 0) this.#context.work.wakeAll(turned.freed);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await this.#settleApart(half, error);
      }
    }
  }

  /** Leases that are committed but could not be completed stand until their container does not name them. */
  async #equip(batch: readonly Entry[], leases: readonly GrantedLease[]): Promise<void> {
    if (leases.length === 0) return;
    const facts = await this.#facts.of(leases.map((lease) => lease.pipelineId));
    const byContainer = new Map(
      batch.filter(({ capacity }) => capacity > 0).map((entry) => [entry.container, entry]),
    );
    for (const lease of leases) {
      const known = facts.get(lease.pipelineId);
      if (known) byContainer.get(lease.container)?.leases.push(claimedTask(lease, known));
    }
  }
}

const factsMax = 5000;

/** What is known of pipelines at work, so that it is read once and not once a task. */
class FactsCache {
  readonly #context: ServiceContext;
  readonly #known = new Map<number, PipelineFacts>();

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  async of(ids: readonly number[]): Promise<ReadonlyMap<number, PipelineFacts>> {
    const missing = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (missing.length > 0) {
      for (const facts of await readPipelineFacts(this.#context.sql, missing)) {
        this.#known.set(facts.pipelineId, facts);
      }
    }
    const found = new Map(
      ids.flatMap((id) => {
        const facts = this.#known.get(id);
        return facts ? [[id, facts] as const] : [];
      }),
    );
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= factsMax) break;
      this.#known.delete(oldest);
    }
    return found;
  }
}
