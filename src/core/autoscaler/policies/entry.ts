import type { Policy } from "../decision.ts";
import type { PolicyBase } from "./base.ts";
import type { OptionKind, OptionValues, PolicyOption } from "./options.ts";

/** One policy that can be asked for by name. */
export interface CatalogueEntry {
  readonly name: string;
  /** What it is, in a line. */
  readonly what: string;
  readonly options: readonly PolicyOption[];
  /** The grid of the one setting that says how long it keeps what is idle, as texts. */
  readonly tuned: readonly string[];
  make(base: PolicyBase, values: OptionValues): Policy;
}

export const option = (
  name: string,
  kind: OptionKind,
  fallback: string | null,
  note: string,
  least = 0,
): PolicyOption => ({ name, kind, default: fallback, note, least });

/** From stopping nearly at once to half an hour: what costs most is in the middle. */
export const idleGrid = ["30s", "60s", "120s", "300s", "600s", "1200s", "1800s"];
export const grid = (name: string, setting: string, values: readonly string[] = idleGrid) =>
  values.map((value) => `${name}:${setting}=${value}`);
