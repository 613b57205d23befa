/** A binary heap: the least comes out first. */
export interface Heap<T> {
  push(value: T, order: number): void;
  pop(): T | undefined;
}

interface Entry<T> {
  readonly value: T;
  readonly order: number;
}

export function createHeap<T>(): Heap<T> {
  const entries: Entry<T>[] = [];
  const orderAt = (at: number): number => entries[at]?.order ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number): void => {
    const one = entries[a];
    const other = entries[b];
    if (one === undefined || other === undefined) return;
    entries[a] = other;
    entries[b] = one;
  };
  return {
    push(value, order) {
      entries.push({ value, order });
      for (let at = entries.length - 1; at > 0; ) {
        const above = (at - 1) >> 1;
        if (orderAt(above) <= orderAt(at)) break;
        swap(at, above);
        at = above;
      }
    },
    pop() {
      swap(0, entries.length - 1);
      const least = entries.pop();
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const below = orderAt(left + 1) < orderAt(left) ? left + 1 : left;
        if (orderAt(below) >= orderAt(at)) break;
        swap(at, below);
        at = below;
      }
      return least?.value;
    },
  };
}
