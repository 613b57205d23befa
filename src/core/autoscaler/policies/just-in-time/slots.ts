/**
 * When slots are free, as a binary heap: the first one is on top. Made in place from any order, so
 * that it costs little where it is made again for each draw.
 */
export function heapify(slots: Float64Array): void {
  for (let at = (slots.length >> 1) - 1; at >= 0; at -= 1) sink(slots, at);
}

/** Takes the slot that is free first for so long, not before `fromMs`, and gives when the work is done. */
export function takeFirst(slots: Float64Array, workMs: number, fromMs = 0): number {
  const endMs = Math.max(slots[0] ?? 0, fromMs) + workMs;
  slots[0] = endMs;
  sink(slots, 0);
  return endMs;
}

function sink(slots: Float64Array, from: number): void {
  const value = slots[from] ?? 0;
  const { length } = slots;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && (slots[child + 1] ?? 0) < (slots[child] ?? 0)) child += 1;
    const least = slots[child] ?? 0;
    if (least >= value) break;
    slots[at] = least;
    at = child;
  }
  slots[at] = value;
}
