import { claimedTask } from "../../db/leases.ts";
import { applyMoves, type DoneMove } from "../../db/moves.ts";
import { isStaleEpoch, type Turn, type Turned, takeTurn } from "../../db/turn.ts";
import type { ServiceContext } from "../context.ts";
import { doneOf, type Entry, type Placed, setbacksOf } from "./entry.ts";
import type { Epoch } from "./epoch.ts";
import { FactsCache } from "./facts-cache.ts";
import { isRefusal, unstorableMove } from "./outcomes.ts";
import { createQueueClocks, type QueueClocks } from "./queue-clocks.ts";
import { createRankFloors, type RankFloors } from "./rank-floors.ts";
import type { TurnFacts, TurnstileOptions } from "./turnstile.ts";
import { WaitingRoom } from "./waiting-room.ts";

type Found = Pick<Turned, "leases" | "freed" | "seen">;
const nothing: Found = { leases: [], freed: [], seen: [] };
const floorsMax = 5000;

/**
 * The lanes behind the turnstile. A batch that fails is split until the one result that cannot be stored is
 * alone; it ends its own task only.
 */
export class Turns {
  readonly #context: ServiceContext;
  readonly #epoch: Epoch;
  readonly #onTurn: (turn: TurnFacts) => void;
  readonly #limits: { lanes: number; outcomesMax: number; entriesMax: number };
  readonly #facts: FactsCache;
  readonly #ranks: RankFloors;
  readonly #clocks: QueueClocks;
  readonly #room: WaitingRoom;
  /** By container: an id below which it holds no lease. */
  readonly #floors = new Map<string, number>();
  readonly #underWay = new Set<string>();
  #queue: Entry[] = [];
  #busy = 0;

  constructor(context: ServiceContext, epoch: Epoch, options: TurnstileOptions) {
    this.#context = context;
    this.#epoch = epoch;
    const { lanes = 2, outcomesMax = 500, entriesMax = 128 } = options;
    this.#onTurn = options.onTurn ?? (() => {});
    this.#limits = { lanes, outcomesMax, entriesMax };
    this.#facts = new FactsCache(context);
    this.#clocks = createQueueClocks(context);
    this.#ranks = createRankFloors(context.clock);
    this.#room = new WaitingRoom(context.clock, () => this.#pump());
    // For as long as the context lives, like the turnstile itself.
    context.work.subscribe((topics) => {
      this.#ranks.lower(topics);
      this.#room.tell(topics);
      this.#pump();
    });
  }

  add(entry: Entry): void {
    const { capacity, isSettled, patience } = entry;
    // Whoever does not wait is worth a look; who does is called in time.
    const waits = patience !== null && patience.untilMs > this.#context.clock.nowMs();
    if (isSettled && (capacity === 0 || (waits && !this.#room.mayFind(entry)))) {
      this.#room.park(entry);
      return;
    }
    this.#queue.push(entry);
    this.#pump();
  }

  #pump(): void {
    while (this.#busy < this.#limits.lanes) {
      if (this.#queue.length < this.#limits.entriesMax) this.#queue.push(...this.#room.call());
      const batch = this.#next();
      if (batch.length === 0) return;
      this.#busy += 1;
      void this.#run(batch).finally(() => {
        for (const { visitor, capacity } of batch) {
          if (capacity > 0) this.#underWay.delete(visitor.id);
        }
        this.#busy -= 1;
        this.#pump();
      });
    }
  }

  /** In order of arrival; a container whose claim is under way claims again only after it. */
  #next(): Entry[] {
    const { outcomesMax, entriesMax } = this.#limits;
    const batch: Entry[] = [];
    const left: Entry[] = [];
    let outcomes = 0;
    for (const entry of this.#queue) {
      const isFull = batch.length > 0 && outcomes + entry.moves.length > outcomesMax;
      const claims = entry.capacity > 0;
      const mustWait = claims && this.#underWay.has(entry.visitor.id);
      if (isFull || mustWait || batch.length >= entriesMax) {
        left.push(entry);
        continue;
      }
      if (claims) this.#underWay.add(entry.visitor.id);
      batch.push(entry);
      outcomes += entry.moves.length;
    }
    this.#queue = left;
    return outcomes === 0 ? batch : [...batch, ...this.#company(batch)];
  }

  #company(batch: readonly Entry[]): Entry[] {
    const claimants = batch.filter(({ capacity }) => capacity > 0);
    return this.#room.accompany(claimants, (id) => {
      if (this.#underWay.has(id)) return false;
      this.#underWay.add(id);
      return true;
    });
  }

  /** Never throws: every entry is answered, or waits. */
  async #run(batch: readonly Entry[]): Promise<void> {
    const versions = this.#room.versions();
    const startedMs = this.#context.clock.nowMs();
    try {
      const hadSetbacks = await this.#setBack(batch);
      const found = await this.#turn(batch);
      await this.#equip(batch, found);
      this.#room.note(found.seen, versions, batch);
      this.#onTurn(factsOf(batch, (this.#context.clock.nowMs() - startedMs) / 1000));
      for (const entry of batch) this.#answer(entry, versions);
      if (hadSetbacks) this.#context.work.wakeAll();
      else this.#wake(found);
      this.#context.change.wakeAll();
    } catch (error) {
      // What was claimed and rolled back stands where it was.
      this.#ranks.lower();
      this.#room.tell();
      for (const entry of batch) entry.reject(error);
    }
    await this.#tellClocks();
  }

  /** Only fairness suffers when it fails; those who were answered, or wait, have nothing to do with it. */
  async #tellClocks(): Promise<void> {
    try {
      await this.#clocks.flush();
    } catch (error) {
      this.#context.log.warn({ err: error }, "how far the queue has come could not be written");
    }
  }

  #answer(entry: Entry, versions: ReadonlyMap<number, number>): void {
    if (!entry.isSettled) this.#room.invite(entry.visitor.id);
    entry.isSettled = true;
    entry.tried = versions;
    if (entry.capacity > 0 && entry.leases.length === 0) this.#room.park(entry);
    else entry.resolve(entry);
  }

  #wake({ freed }: Pick<Turned, "freed">): void {
    if (freed.length > 0) this.#context.work.wakeAll(freed);
  }

  /** What did not go well is rare, and goes first, so that its slots are free for the turn. */
  async #setBack(batch: readonly Entry[]): Promise<boolean> {
    const setbacks = setbacksOf(batch);
    const moves = setbacks.map(({ move }) => move);
    const accepted = await applyMoves(this.#context.sql, moves);
    for (const [at, { entry, index }] of setbacks.entries()) {
      entry.accepted[index] = accepted[at] ?? false;
    }
    return setbacks.length > 0;
  }

  async #turn(batch: readonly Entry[]): Promise<Found> {
    const done = doneOf(batch);
    const claims = batch
      .filter(({ capacity }) => capacity > 0)
      .map(({ visitor, capacity }) => ({
        container: visitor.id,
        capacity,
        floor: this.#floors.get(visitor.id) ?? 0,
      }));
    if (done.length + claims.length === 0) return nothing;
    try {
      return await this.#take(done, claims);
    } catch (error) {
      if (!isRefusal(error) || done.length === 0) throw error;
      await this.#settleApart(done, error);
      return claims.length === 0 ? nothing : this.#take([], claims);
    }
  }

  async #take(done: readonly Placed<DoneMove>[], claims: Turn["claims"]): Promise<Turned> {
    const { sql, clock } = this.#context;
    const moves = done.map(({ move }) => move);
    const floors = claims.length > 0 ? this.#ranks.next() : [];
    const take = (epoch: number) => takeTurn(sql, { epoch, done: moves, claims, floors });
    const startedMs = clock.nowMs();
    // Settling alone hands nothing out, and needs no epoch.
    const turned = await (claims.length === 0 ? take(0) : this.#inEpoch(take));
    this.#ranks.note(turned.seen, clock.nowMs() - startedMs);
    for (const [at, { entry, index }] of done.entries()) {
      entry.accepted[index] = turned.accepted[at] ?? false;
    }
    // A hint that costs only speed: of containers long gone, it is let go.
    if (this.#floors.size > floorsMax) this.#floors.clear();
    for (const [container, floor] of turned.floors) this.#floors.set(container, floor);
    return turned;
  }

  /** The server has been restarted, or restored: from here on all leases are of a new epoch. */
  async #inEpoch<T>(work: (epoch: number) => Promise<T>): Promise<T> {
    try {
      return await work(this.#epoch.current());
    } catch (error) {
      if (!isStaleEpoch(error)) throw error;
      // What was known of pipelines may be true of others by now: numbers are given again.
      this.#floors.clear();
      this.#facts.clear();
      return work(await this.#epoch.draw());
    }
  }

  /** Halves, until what the database refuses is alone. */
  async #settleApart(done: readonly Placed<DoneMove>[], cause: unknown): Promise<void> {
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
        this.#wake(await this.#take(half, []));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await this.#settleApart(half, error);
      }
    }
  }

  /** Leases that are committed but could not be completed stand until their container does not name them. */
  async #equip(batch: readonly Entry[], { leases, seen }: Found): Promise<void> {
    const facts = await this.#facts.of(leases.map((lease) => lease.pipelineId));
    this.#clocks.note(leases, facts, seen);
    const claimants = new Map(
      batch.filter(({ capacity }) => capacity > 0).map((entry) => [entry.visitor.id, entry]),
    );
    for (const lease of leases) {
      const known = facts.get(lease.pipelineId);
      if (!known) continue;
      claimants.get(lease.container)?.leases.push(claimedTask(lease, known.facts, known.pack));
    }
  }
}

const factsOf = (batch: readonly Entry[], seconds: number): TurnFacts => ({
  seconds,
  granted: batch.filter(({ capacity }) => capacity > 0).map(({ leases }) => leases.length),
  settled: batch.flatMap(({ isSettled, moves, accepted }) =>
    isSettled ? [] : moves.map(({ kind }, index) => (accepted[index] ? kind : "refused")),
  ),
});
