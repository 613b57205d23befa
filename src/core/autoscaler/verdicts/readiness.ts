import { type Share, wilson } from "../../slo/wilson.ts";
import { isWithin, type Span } from "./spans.ts";

/** A document whose text work begins this soon after it could, did not wait for its container. */
export const graceMs = 30_000;

/** Of fewer documents a share says nothing: the interval of 20 is already 40 points wide. */
export const documentsMin = 20;

/** What is known of one document. Instants are milliseconds of one clock. */
export interface DocumentFacts {
  readonly uploadedMs: number;
  /** The first task for a text container became ready. */
  readonly textNeededMs: number;
  /** Such a task began; null: none has. */
  readonly textStartMs: number | null;
}

/** How one document found its text container. A simulated outcome is one as it stands. */
export interface Readiness {
  readonly textNeededMs: number;
  readonly textStartMs: number | null;
  /** A text replica was ready, perhaps busy, when text was needed. */
  readonly onTime: boolean;
  /** One was ready at the upload, or a start at the upload would have been ready in time. */
  readonly feasible: boolean;
}

/**
 * `scaling.md` 3.10 (definitions in `docs/explanation/verdicts.md`). `feasible` asks what the best
 * possible start could have done: a document that needs text before any start after its upload could
 * be ready says nothing about the scaler, unless a replica was there already.
 * @param ready times in which at least one text replica was ready, in any order
 * @param coldStartMs how long a start at the upload would have taken; null: nobody knows
 */
export function readinessOf(
  { uploadedMs, textNeededMs, textStartMs }: DocumentFacts,
  ready: readonly Span[],
  coldStartMs: number | null,
): Readiness {
  return {
    textNeededMs,
    textStartMs,
    onTime: isWithin(ready, textNeededMs),
    feasible:
      isWithin(ready, uploadedMs) ||
      (coldStartMs !== null && uploadedMs + coldStartMs <= textNeededMs),
  };
}

/** The figures by which a scaler is judged; each share carries its Wilson interval of 95 %. */
export interface ReadinessReport {
  readonly documents: number;
  /** Predictive scaling accuracy: on time among the feasible ones. */
  readonly accuracy: Share;
  /** On time among all. */
  readonly raw: Share;
  /** The first text task began within `graceMs`, among all. */
  readonly withinGrace: Share;
  /** From the need to the start of the first text task, over those that began; null: none has. */
  readonly meanWaitMs: number | null;
}

export interface ReadinessTally {
  add(one: Readiness): void;
  report(): ReadinessReport;
}

/** Counts one by one, so that a million documents need no memory. */
export function createReadinessTally(): ReadinessTally {
  const n = { documents: 0, onTime: 0, feasible: 0, both: 0, soon: 0, started: 0, waitedMs: 0 };
  return {
    add({ textNeededMs, textStartMs, onTime, feasible }) {
      n.documents += 1;
      if (onTime) n.onTime += 1;
      if (feasible) n.feasible += 1;
      if (onTime && feasible) n.both += 1;
      if (textStartMs === null) return;
      const waitedMs = Math.max(0, textStartMs - textNeededMs);
      n.started += 1;
      n.waitedMs += waitedMs;
      if (waitedMs <= graceMs) n.soon += 1;
    },
    report: () => ({
      documents: n.documents,
      accuracy: wilson(n.both, n.feasible),
      raw: wilson(n.onTime, n.documents),
      withinGrace: wilson(n.soon, n.documents),
      meanWaitMs: n.started === 0 ? null : n.waitedMs / n.started,
    }),
  };
}
