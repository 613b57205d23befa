import type { StackOptions } from "../../support/product.ts";

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
  /** Settings and container environment with which a control plane uses this provider. */
  readonly stack: StackOptions;
  /** Before the first control plane. */
  start(): Promise<void>;
  /** Everything of this installation that runs now, also what the product has forgotten. */
  replicas(): readonly RigReplica[];
  /** Every call of the product fails for so long. Resolves when that is over. */
  errorsFor?(ms: number): Promise<void>;
  /** Takes a running replica away as a spot market does; null: none runs. */
  preempt?(): Promise<RigReplica | null>;
  /** After the last control plane. */
  stop(): Promise<void>;
}
