import type { Lease, Outcome } from "../../../src/contract/worker-protocol.ts";

/** Ways to be refused by PostgreSQL after passing the contract: too deep for jsonb, too large for int. */
const kinds = ["nested", "gap"] as const;

/** The task of the pack that is poisoned, and what becomes of its pipeline. */
const targets = [
  { task: "slide_feedback", state: "done_with_gaps", results: 5 },
  { task: "extractions_and_template", state: "done_with_gaps", results: 2 },
] as const;

export interface Expected {
  readonly state: string;
  readonly results: number;
  /** The task that ends dead; null: none. */
  readonly dead: string | null;
}

/** The tasks of one document in so many take a while: something is always in a worker's hands. */
const slowEvery = 8;
export const slowMs = 400;

/** The name of the nth document, which says whether it is poisonous or slow. */
export function documentName(n: number, pipelines: number, poisonous: number): string {
  const every = poisonous === 0 ? 0 : Math.floor(pipelines / poisonous);
  if (every === 0 || n % every !== every - 1) {
    return n % slowEvery === 0 ? `slow-${n}.pdf` : `deck-${n}.pdf`;
  }
  const turn = Math.floor(n / every);
  return `poison-${turn % kinds.length}-${Math.floor(turn / kinds.length) % targets.length}-${n}.pdf`;
}

export const isSlow = (document: string): boolean => document.startsWith("slow-");

function poisonOf(document: string) {
  const [, kind, target] = /^poison-(\d)-(\d)-/.exec(document) ?? [];
  if (kind === undefined || target === undefined) return null;
  return { kind: kinds[Number(kind)], target: targets[Number(target)] };
}

export function expectedOf(document: string): Expected {
  const target = poisonOf(document)?.target;
  if (target === undefined) return { state: "done", results: 6, dead: null };
  return { state: target.state, results: target.results, dead: target.task };
}

/** What a worker makes of a task: nothing, under the lease's own name. */
export function outcomeOf(lease: Lease): Outcome {
  return {
    kind: "done",
    result: { lease: lease.id },
    gaps: isBad(lease, "gap") ? [3_000_000_000] : [],
    applicable: true,
    reason: null,
    engine: { name: "extractive", model: null },
  };
}

const depth = 20_000;

/** The same as text with a result nested so deeply that Node could not write it; null: it is none. */
export function nestedOutcome(lease: Lease): string | null {
  if (!isBad(lease, "nested")) return null;
  const result = `{"nested":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  return JSON.stringify(outcomeOf(lease)).replace(/"result":\{[^}]*\}/, `"result":${result}`);
}

function isBad(lease: Lease, kind: (typeof kinds)[number]): boolean {
  const poison = poisonOf(lease.document.name);
  return poison?.target?.task === lease.task && poison.kind === kind;
}
