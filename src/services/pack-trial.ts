import { bitOf, compileGraph } from "../core/pipeline/graph.ts";
import { type Startable, strandedReason } from "../core/pipeline/stranded.ts";
import { type Pack, taskPackOf } from "../packs/pack.ts";
import { featuresOfStep, stepOf } from "../packs/steps.ts";

/** What a pipeline of this pack would do, found without running it. */
export interface PackTrial {
  /** Tasks that may run at the same time, in the order in which they become ready. */
  readonly order: readonly (readonly string[])[];
  readonly tasks: readonly {
    readonly task: string;
    readonly step: string;
    readonly pool: string;
    readonly features: readonly string[];
    readonly prompts: readonly string[];
  }[];
  /** What would wait for ever in this installation as it is configured, as sentences. */
  readonly warnings: readonly string[];
}

/** Plays the graph through as a queue would, and asks of each task who could do it. */
export function tryPack(pack: Pack, startable: Startable): PackTrial {
  const graph = compileGraph(pack.tasks);
  const order: string[][] = [];
  for (let done = 0n; done !== graph.full; ) {
    const ready = graph.names.flatMap((name, index) =>
      (done & bitOf(index)) === 0n && ((graph.needs[index] ?? 0n) & ~done) === 0n
        ? [{ name, bit: bitOf(index) }]
        : [],
    );
    order.push(ready.map(({ name }) => name));
    for (const { bit } of ready) done |= bit;
  }
  const tasks = pack.tasks.map((task) => ({
    task: task.name,
    step: stepOf(task) ?? task.name,
    pool: task.pool,
    features: [...task.features, ...featuresOfStep(stepOf(task))],
    prompts: Object.keys(taskPackOf(pack, task.name).prompts),
  }));
  const warnings = tasks.flatMap(({ task, pool, features }) => {
    const reason = strandedReason({ pool, features, served: false }, startable);
    return reason === null ? [] : [`${task}: ${reason}`];
  });
  return { order, tasks, warnings };
}
