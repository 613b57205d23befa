/** The least entry of a heap, written over by the next `pop`. */
export interface Entry {
  first: number;
  second: number;
  subject: number;
  stamp: number;
}

/** Entries in order of `first`, then of `second`; with each two whole numbers of 32 bits. */
export interface Heap {
  size: number;
  /** `first` of the least entry; infinite when there is none. */
  least(): number;
  push(first: number, second: number, subject: number, stamp: number): void;
  /** The least entry; must not be called when there is none. */
  top(): Entry;
  /** Takes it out. */
  pop(): Entry;
}

/** A binary heap in typed arrays: no garbage, however many entries pass through. */
export function createHeap(): Heap {
  let firsts = new Float64Array(64);
  let seconds = new Float64Array(64);
  let subjects = new Int32Array(64);
  let stamps = new Int32Array(64);
  const entry: Entry = { first: 0, second: 0, subject: 0, stamp: 0 };

  function grow(): void {
    const length = 2 * firsts.length;
    firsts = copied(new Float64Array(length), firsts);
    seconds = copied(new Float64Array(length), seconds);
    subjects = copied(new Int32Array(length), subjects);
    stamps = copied(new Int32Array(length), stamps);
  }

  function move(from: number, to: number): void {
    firsts[to] = firsts[from] as number;
    seconds[to] = seconds[from] as number;
    subjects[to] = subjects[from] as number;
    stamps[to] = stamps[from] as number;
  }

  const isBefore = (first: number, second: number, other: number): boolean => {
    const its = firsts[other] as number;
    return first < its || (first === its && second < (seconds[other] as number));
  };

  /** Takes the last one, wherever it lies, down from the top to where it belongs. */
  function sink(last: number, size: number): void {
    const first = firsts[last] as number;
    const second = seconds[last] as number;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const right = child + 1;
      if (right < size && isBefore(firsts[right] as number, seconds[right] as number, child)) {
        child = right;
      }
      if (isBefore(first, second, child)) break;
      move(child, at);
      at = child;
    }
    firsts[at] = first;
    seconds[at] = second;
    subjects[at] = subjects[last] as number;
    stamps[at] = stamps[last] as number;
  }

  const heap: Heap = {
    size: 0,
    least: () => (heap.size === 0 ? Number.POSITIVE_INFINITY : (firsts[0] as number)),
    push(first, second, subject, stamp) {
      if (heap.size === firsts.length) grow();
      let at = heap.size;
      heap.size += 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!isBefore(first, second, parent)) break;
        move(parent, at);
        at = parent;
      }
      firsts[at] = first;
      seconds[at] = second;
      subjects[at] = subject;
      stamps[at] = stamp;
    },
    top() {
      entry.first = firsts[0] as number;
      entry.second = seconds[0] as number;
      entry.subject = subjects[0] as number;
      entry.stamp = stamps[0] as number;
      return entry;
    },
    pop() {
      heap.top();
      heap.size -= 1;
      if (heap.size > 0) sink(heap.size, heap.size);
      return entry;
    },
  };
  return heap;
}

function copied<A extends Float64Array | Int32Array>(to: A, from: A): A {
  to.set(from);
  return to;
}
