import type { Rental } from "../../../core/cost/spending.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { Machine, ReplicaSpec } from "../../provider.ts";
import type { VerdaApi } from "../deployments.ts";
import type { VerdaProvider } from "../verda.ts";
import type { Notebook } from "./questions.ts";
import type { Witness } from "./witness.ts";

/** What the questions are asked with. */
export interface Asking {
  /** Under which the check runs: nobody else uses it. */
  readonly installation: string;
  readonly api: VerdaApi;
  readonly provider: VerdaProvider;
  readonly witness: Witness;
  readonly notebook: Notebook;
  readonly clock: Clock;
  /** Waits; ends early when the signal is raised. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** One sentence of progress. */
  readonly say: (sentence: string) => void;
}

/** The replica that is rented for the check. */
export interface Subject extends Asking {
  readonly spec: ReplicaSpec & { readonly machine: Machine & { readonly gpu: string } };
  readonly rental: Rental;
  /** Which the container listens on. */
  readonly port: number;
  /** Whether the container at this address is well; null: there is no key to ask with. */
  readonly isHealthy: ((endpoint: string) => Promise<boolean>) | null;
}
