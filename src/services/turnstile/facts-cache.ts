import { type PipelineFacts, readPipelineFacts } from "../../db/leases.ts";
import type { ServiceContext } from "../context.ts";

const entriesDefaultMax = 5000;

/** What is known of pipelines at work, so that it is read once and not once a task. */
export class FactsCache {
  readonly #context: Pick<ServiceContext, "sql">;
  readonly #entriesMax: number;
  /** Those asked for last come last. */
  readonly #known = new Map<number, PipelineFacts>();

  constructor(context: Pick<ServiceContext, "sql">, entriesMax = entriesDefaultMax) {
    this.#context = context;
    this.#entriesMax = entriesMax;
  }

  clear(): void {
    this.#known.clear();
  }

  /** Of all of them, however many others are asked for meanwhile. */
  async of(ids: readonly number[]): Promise<ReadonlyMap<number, PipelineFacts>> {
    const found = new Map<number, PipelineFacts>();
    const missing = new Set<number>();
    for (const id of ids) {
      const facts = this.#known.get(id);
      if (facts) found.set(id, facts);
      else missing.add(id);
    }
    if (missing.size > 0) {
      for (const facts of await readPipelineFacts(this.#context.sql, [...missing])) {
        found.set(facts.pipelineId, facts);
      }
    }
    for (const [id, facts] of found) {
      this.#known.delete(id);
      this.#known.set(id, facts);
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#entriesMax) break;
      this.#known.delete(oldest);
    }
    return found;
  }
}
