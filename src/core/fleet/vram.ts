/**
 * Memory of one GPU that is left for another replica. A model that does not fit whole is moved out
 * to the processor's memory and becomes many times slower, so replicas never contend for it.
 */
export function vramLeft(
  machineVramGb: number,
  placed: readonly { readonly vramGb: number }[],
): number {
  return Math.max(0, machineVramGb - placed.reduce((sum, { vramGb }) => sum + vramGb, 0));
}
