import type { DocumentSummary, EventView, TaskProgress } from "../../src/contract/documents.ts";
import { percentOf } from "../../src/core/pipeline/progress.ts";
import { documentView, taskView } from "./document-view.ts";

type State = DocumentSummary["pipeline"]["state"];
const at = "2026-11-23T12:04:07.000Z";
const weights = { visual_analysis: 40, slide_feedback: 20, extractions_and_template: 40 };
const parts = 10;

/**
 * One document as the server has it: steps that a pipeline can take, the events it tells of them, and
 * what it answers when asked. Its percent is the server's own function.
 */
export class ToldPipeline {
  readonly document: string;
  readonly events: EventView[] = [];
  /** Generations whose last row has been committed. */
  readonly committed = new Set<number>();
  #state: State = "active";
  #generation = 1;
  #tasks: TaskProgress[] = this.#fresh();
  /** How often it was opened again after it had ended with gaps. */
  gapRetries = 0;
  #nextId: () => number;
  /** Broken on purpose: such a retry stays in the generation that has shown 100. */
  #staysInGeneration: boolean;

  constructor(document: string, nextId: () => number, staysInGeneration = false) {
    this.document = document;
    this.#nextId = nextId;
    this.#staysInGeneration = staysInGeneration;
  }

  #fresh(): TaskProgress[] {
    return Object.entries(weights).map(([task, weight]) =>
      taskView(task, { weight, state: "ready", fraction: 0, done: 0, total: parts }),
    );
  }

  #tell(type: string, task: string | null = null, data: Record<string, unknown> = {}): void {
    const id = this.#nextId();
    const pipeline = `p_${this.document}`;
    this.events.push({ id, at, type, document: this.document, pipeline, task, data });
  }

  #change(index: number, change: Partial<TaskProgress>, type: string): void {
    this.#tasks = this.#tasks.map((task, at) => (at === index ? { ...task, ...change } : task));
    const { task, fraction, done, total } = this.#tasks[index] as TaskProgress;
    this.#tell(type, task, type === "task.progress" ? { fraction, done, total } : {});
  }

  /** One step of those that are possible now, chosen by `choice`. */
  step(choice: number): void {
    const steps = this.#steps();
    steps[choice % steps.length]?.();
  }

  /** Many steps, by a number that says which. */
  leap(seed: number): void {
    for (let at = 0; at < 8 + (seed % 8); at += 1) this.step(Math.floor(seed / (at + 1)));
  }

  #steps(): (() => void)[] {
    if (this.#state === "done") return [() => this.#rerun()];
    if (this.#state !== "active") {
      const reopen = () => this.#reopen();
      return [reopen, reopen, () => this.#rerun()];
    }
    const ofTasks = this.#tasks.flatMap((task, index) => this.#taskSteps(task, index));
    if (ofTasks.length > 0) return ofTasks;
    return [() => this.#end()];
  }

  #taskSteps(task: TaskProgress, index: number): (() => void)[] {
    const change = (next: Partial<TaskProgress>, type: string) => () =>
      this.#change(index, next, type);
    if (task.state === "ready" || task.state === "delayed") {
      return [change({ state: "leased" }, "task.leased")];
    }
    if (task.state !== "leased") return [];
    const done = Math.min(parts, (task.done ?? 0) + 3);
    const further = change({ done, fraction: done / parts }, "task.progress");
    const again = { state: "delayed" as const, attempt: task.attempt + 1 };
    return [
      ...[further, further, further],
      change({ state: "done", fraction: 1, done: parts }, "task.done"),
      change(again, "task.failed"),
      ...(task.attempt > 2 ? [change({ state: "dead" }, "task.dead")] : []),
    ];
  }

  #end(): void {
    const done = this.#tasks.filter(({ state }) => state === "done").length;
    const finished = done === this.#tasks.length ? "done" : "done_with_gaps";
    this.#state = done === 0 ? "failed" : finished;
    if (done > 0) this.committed.add(this.#generation);
    // What ended well leaves no marks behind; what failed keeps them.
    if (done > 0) this.#forgetMarks();
    this.#tell("pipeline.finished");
  }

  #forgetMarks(): void {
    this.#tasks = this.#tasks.map((task) =>
      task.state === "dead" ? { ...task, fraction: 0, done: 0 } : task,
    );
  }

  /** A retry: what failed is done again, as another generation where all that would come had come. */
  #reopen(): void {
    if (this.#state === "done_with_gaps") {
      this.gapRetries += 1;
      if (!this.#staysInGeneration) this.#generation += 1;
    }
    this.#state = "active";
    this.#tasks = this.#tasks.map((task) =>
      task.state === "dead" ? { ...task, state: "ready", round: task.round + 1, attempt: 1 } : task,
    );
    this.#tell("pipeline.retried");
  }

  #rerun(): void {
    this.#state = "active";
    this.#generation += 1;
    this.#tasks = this.#fresh();
    this.#tell("pipeline.rerun");
  }

  /** What it answers now. */
  answer(): DocumentSummary {
    const progress = {
      seq: this.events.at(-1)?.id ?? 0,
      percent: percentOf(this.#state, this.#tasks),
      tasks: this.#tasks,
    };
    return documentView(
      { id: `p_${this.document}`, state: this.#state, generation: this.#generation, progress },
      { id: this.document, name: `${this.document}.pdf` },
    );
  }
}
