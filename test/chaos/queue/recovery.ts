import type { Span } from "./faults.ts";
import type { Records } from "./records.ts";

/** A fault that was made, and when work was accepted again. */
export interface Injected {
  readonly kind: string;
  readonly span: Span;
  /** From its beginning to the next accepted result; null: another fault came in between. */
  readonly tookMs: number | null;
  readonly worker?: string;
}

export interface Recovery {
  readonly kind: string;
  readonly count: number;
  /** From the fault to the next accepted result, sorted. */
  readonly acceptedMs: readonly number[];
  /** From the fault to the new lease of each task its worker had held, sorted. */
  readonly leasedMs: readonly number[];
}

/** By kind of fault, in the order in which they first came. */
export function recoveries(injected: readonly Injected[], records: Records): Recovery[] {
  const kinds = [...new Set(injected.map(({ kind }) => kind))];
  const leases = leasesByTask(records);
  return kinds.map((kind) => {
    const own = injected.filter((fault) => fault.kind === kind);
    return {
      kind,
      count: own.length,
      acceptedMs: sorted(own.flatMap(({ tookMs }) => tookMs ?? [])),
      leasedMs: sorted(own.flatMap((fault) => leasedAgain(fault, records, leases))),
    };
  });
}

export const quantile = (values: readonly number[], q: number): number | undefined =>
  values[Math.min(values.length - 1, Math.floor(q * values.length))];

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

function leasesByTask({ grants }: Records): Map<string, number[]> {
  const byTask = new Map<string, number[]>();
  for (const { pipeline, task, atMs } of grants) {
    const name = `${task} of ${pipeline}`;
    byTask.set(name, [...(byTask.get(name) ?? []), atMs]);
  }
  return byTask;
}

function leasedAgain(
  { span, worker }: Injected,
  { grants, answers }: Records,
  leases: ReadonlyMap<string, readonly number[]>,
): number[] {
  if (worker === undefined) return [];
  const before = grants.filter((grant) => grant.worker === worker && grant.atMs <= span.fromMs);
  const answered = new Map(answers.map(({ lease, atMs }) => [lease, atMs]));
  return before
    .filter(({ lease }) => (answered.get(lease) ?? Number.POSITIVE_INFINITY) > span.fromMs)
    .flatMap(({ pipeline, task }) => {
      const next = leases.get(`${task} of ${pipeline}`)?.find((atMs) => atMs > span.fromMs);
      return next === undefined ? [] : [next - span.fromMs];
    });
}
