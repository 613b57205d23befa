import type { Sql } from "../../src/db/connect.ts";
import type { LeaseKey } from "../../src/db/moves.ts";
import { type Random, seededRandom } from "../../src/lib/random.ts";
import type { QueueModel } from "./queue-model.ts";
import type { ModelPack } from "./shapes.ts";

/** A lease as a worker remembers it, gone or not. */
export interface Remembered extends LeaseKey {
  readonly container: string;
}

/** What an action may use. */
export interface World {
  /** One connection, whose `pilotlight.now` is the model's. */
  readonly sql: Sql;
  readonly model: QueueModel;
  readonly packs: readonly ModelPack[];
  /** Chance of the step under way. */
  chance: Chance;
  /** The last leases handed out; many are gone by now. */
  readonly remembered: Remembered[];
  /** What the step under way asks of the database, for whoever reads that it went wrong. */
  doing: string;
  /** By container: below this id it holds no lease, as a turn has told. */
  readonly floors: Map<string, number>;
}

/** Picks, all out of one seed. */
export class Chance {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  next(): number {
    return this.#random.next();
  }

  below(max: number): number {
    return Math.floor(this.#random.next() * max);
  }

  is(probability: number): boolean {
    return this.#random.next() < probability;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)];
  }

  /** Up to `max` different ones, in a random order. */
  some<T>(from: readonly T[], max: number): T[] {
    const left = [...from];
    const count = Math.min(left.length, this.below(max + 1));
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0] as T);
  }
}

/** Moves the one clock of model and database. */
export async function setClock({ sql, model }: World, nowMs: number): Promise<void> {
  model.nowMs = nowMs;
  await sql`select set_config('pilotlight.now', ${new Date(nowMs).toISOString()}, false)`;
}
