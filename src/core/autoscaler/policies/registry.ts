import type { Policy } from "../decision.ts";
import type { PolicyBase } from "./base.ts";
import { catalogue } from "./catalogue.ts";
import type { CatalogueEntry } from "./entry.ts";
import { type PolicyOption, type Problem, readOptions } from "./options.ts";

/** A policy, or what is wrong with the text that named it: a sentence, and the next step. */
export type PolicyChoice = { readonly policy: Policy } | Problem;

/**
 * `reference`, `keda:cooldown=900s`, `always-on:vision=1,text=2`: a name, and options with a duration, a
 * number or a switch behind `=`. The policy has the whole text as its name, so that two variants can be
 * told apart.
 */
export function policyNamed(text: string, base: PolicyBase): PolicyChoice {
  const trimmed = text.trim();
  const [name = "", ...rest] = trimmed.split(":");
  const entry = find(name);
  if (entry === undefined) {
    return {
      problem: name === "" ? "No policy is named." : `There is no policy "${name}".`,
      next: `Choose one of ${policyNames.join(", ")}.`,
    };
  }
  const read =
    rest.length === 0 ? { values: {} } : readOptions(name, entry.options, rest.join(":"));
  if ("problem" in read) return read;
  return { policy: { ...entry.make(base, read.values), name: trimmed } };
}

export const policyNames: readonly string[] = catalogue.map(({ name }) => name);

/** What a help text says of each policy. */
export const describePolicies = (): readonly {
  readonly name: string;
  readonly what: string;
  readonly options: readonly PolicyOption[];
}[] => catalogue.map(({ name, what, options }) => ({ name, what, options }));

/**
 * Texts for `policyNamed`: the policy with other idle times, of which a comparison takes the one that is
 * best on the traffic it may tune on. Empty for a policy that has none, and for an unknown name.
 */
export const tunedVariants = (name: string): readonly string[] => find(name)?.tuned ?? [];

const find = (name: string): CatalogueEntry | undefined =>
  catalogue.find((one) => one.name === name);
