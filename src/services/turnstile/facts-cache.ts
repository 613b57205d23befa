import { type PipelineFacts, readPipelineFacts } from "../../db/leases.ts";
import type { ServiceContext } from "../context.ts";

const entriesMax = 5000;

/** What is known of pipelines at work, so that it is read once and not once a task. */
export class FactsCache {
  readonly #context: ServiceContext;
  readonly #known = new Map<number, PipelineFacts>();

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  clear(): void {
    this.#known.clear();
  }

  async of(ids: readonly number[]): Promise<ReadonlyMap<number, PipelineFacts>> {
    const missing = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (missing.length > 0) {
      for (const facts of await readPipelineFacts(this.#context.sql, missing)) {
        this.#known.set(facts.pipelineId, facts);
      }
    }
    const found = new Map<number, PipelineFacts>();
    for (const id of ids) {
      const facts = this.#known.get(id);
      if (facts) found.set(id, facts);
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= entriesMax) break;
      this.#known.delete(oldest);
    }
    return found;
  }
}
