import type { StackOptions } from "../../support/product.ts";
import type { Rented } from "./evidence.ts";

/** A container at work, by the process of its own program. */
export interface RigReplica {
  readonly pool: string;
  readonly replica: number;
  readonly pid: number;
}

export const slotOf = ({ pool, replica }: Pick<RigReplica, "pool" | "replica">): string =>
  `${pool}-${replica}`;

/**
 * A provider as the harness sees it: from outside, and past the product. What a provider cannot do is
 * left out, and the faults that need it are not drawn.
 */
export interface ProviderRig {
  readonly name: string;
  /** Settings and environment with which a control plane uses this provider. */
  readonly stack: StackOptions;
  /** Everything of this installation that runs now, also what the product has forgotten. */
  replicas(): readonly RigReplica[];
  /** What still runs or is charged for, by slot. */
  left(): readonly string[];
  /** From now on every call of the product fails, for so long. Other faults may come meanwhile. */
  errorsFor?(ms: number): void;
  /** Takes a running replica away as a spot market does; null: none runs. */
  preempt?(): Promise<RigReplica | null>;
  /** Resolves when the provider is as it should be again; at once when `signal` aborts. */
  calm(signal: AbortSignal): Promise<void>;
  /** The provider's own books; null: nobody charges. */
  rented(): Rented | null;
  /** After the last control plane. */
  stop(): Promise<void>;
}
