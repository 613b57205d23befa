/** Something that lasted `at`, or, if censored, longer than that by nobody knows how much. */
export interface Lasting {
  readonly at: number;
  readonly weight: number;
  readonly censored: boolean;
}

/**
 * Where the mass of a distribution lies, in order, from observations of which some are censored: the
 * product-limit estimate of E. L. Kaplan and P. Meier (JASA 53, 1958), with weights, in the form of B.
 * Efron (1967): what is censored gives its mass to all that lasted longer. Mass that nothing can
 * take stays at its own place. The masses sum to 1; of nothing there is none.
 */
export function productLimit(
  observations: readonly Lasting[],
): readonly { readonly at: number; readonly mass: number }[] {
  // At the same time the censored one lasted longer.
  const sorted = observations.toSorted(
    (a, b) => a.at - b.at || Number(a.censored) - Number(b.censored),
  );
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const mass: { at: number; mass: number }[] = [];
  let right = total;
  let factor = 1 / total;
  for (const [place, { at, weight, censored }] of sorted.entries()) {
    right = place === sorted.length - 1 ? 0 : right - weight;
    if (censored && right > 0) factor *= (right + weight) / right;
    else mass.push({ at, mass: factor * weight });
  }
  return mass;
}
