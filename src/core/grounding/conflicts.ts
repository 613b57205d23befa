import { folded } from "../text/fold.ts";

/** A value with the quotes it is drawn from. */
export interface Stated<V, E> {
  readonly value: V;
  readonly evidence: readonly E[];
}

/**
 * What a deck states for a field beside the answer that was given: values of other readings that differ from
 * it and from each other, each with at least one quote that was found on its slide. The first reading of a
 * value is kept.
 */
export function conflictsWith<V, E extends { readonly grounded: boolean }>(
  answer: V | null,
  readings: readonly Stated<V, E>[],
  isSame: (one: V, other: V) => boolean,
): { value: V; evidence: E[] }[] {
  const kept: { value: V; evidence: E[] }[] = [];
  for (const { value, evidence } of readings) {
    const proven = evidence.filter(({ grounded }) => grounded);
    const known = answer !== null && isSame(answer, value);
    if (proven.length === 0 || known || kept.some((one) => isSame(one.value, value))) continue;
    kept.push({ value, evidence: [...proven] });
  }
  return kept;
}

/** Two spellings of one name: one may be a part of the other, as `Acme` of `Acme Robotics`. */
export function isSameName(one: string, other: string): boolean {
  const [a, b] = [folded(one), folded(other)];
  if (a === "" || b === "") return false;
  return a.includes(b) || b.includes(a);
}

/** Two dates that can both be true: 2026 and 2026-05. */
export const isSameDate = (one: string, other: string): boolean =>
  one.startsWith(other) || other.startsWith(one);
