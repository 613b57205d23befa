import {
  type PackFacts,
  type PipelineFacts,
  readPackFacts,
  readPipelineFacts,
} from "../../db/leases.ts";
import type { ServiceContext } from "../context.ts";

const entriesDefaultMax = 5000;

/** A pipeline, and the pack it is of. */
export interface KnownPipeline {
  readonly facts: PipelineFacts;
  readonly pack: PackFacts;
}

/** What is known of pipelines at work, so that it is read once and not once a task. */
export class FactsCache {
  readonly #context: Pick<ServiceContext, "sql">;
  readonly #entriesMax: number;
  /** Those asked for last come last. */
  readonly #known = new Map<number, KnownPipeline>();
  /** Versions are few. */
  readonly #packs = new Map<number, PackFacts>();

  constructor(context: Pick<ServiceContext, "sql">, entriesMax = entriesDefaultMax) {
    this.#context = context;
    this.#entriesMax = entriesMax;
  }

  clear(): void {
    this.#known.clear();
    this.#packs.clear();
  }

  /** Of all of them, however many others are asked for meanwhile. */
  async of(ids: readonly number[]): Promise<ReadonlyMap<number, KnownPipeline>> {
    const found = new Map<number, KnownPipeline>();
    const missing = new Set<number>();
    for (const id of ids) {
      const known = this.#known.get(id);
      if (known) found.set(id, known);
      else missing.add(id);
    }
    if (missing.size > 0) {
      for (const known of await this.#read([...missing])) found.set(known.facts.pipelineId, known);
    }
    for (const [id, known] of found) {
      this.#known.delete(id);
      this.#known.set(id, known);
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#entriesMax) break;
      this.#known.delete(oldest);
    }
    return found;
  }

  async #read(ids: readonly number[]): Promise<KnownPipeline[]> {
    const read = await readPipelineFacts(this.#context.sql, ids);
    const unknown = new Set(read.map(({ packId }) => packId).filter((id) => !this.#packs.has(id)));
    if (unknown.size > 0) {
      for (const pack of await readPackFacts(this.#context.sql, [...unknown])) {
        this.#packs.set(pack.packId, pack);
      }
    }
    return read.flatMap((facts) => {
      const pack = this.#packs.get(facts.packId);
      return pack ? [{ facts, pack }] : [];
    });
  }
}
