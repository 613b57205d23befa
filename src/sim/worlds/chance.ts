/** A stream of chance that belongs to one key: the same key gives the same numbers, whoever asks and when. */
export interface Stream {
  /** Goes to the beginning of the stream of this key. */
  seek(first: number, second: number): void;
  /** In (0, 1): never 0 and never 1. */
  next(): number;
  /** Standard normal. */
  normal(): number;
}

/** The bit mixer `lowbias32` (Chris Wellons, 2018, public domain). */
function mixed(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

const golden = 0x9e3779b9;

/** 32 bits of a text, for keys. FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Counter-based: the n-th number of a stream is a hash of seed, key and n, so that streams never
 * depend on each other's use. Normal numbers come in pairs by Box and Muller (1958).
 */
export function streamOf(seed: number): Stream {
  let high = seed;
  let low = 0;
  let count = 0;
  let spare = Number.NaN;
  const next = (): number => {
    count = (count + golden) | 0;
    return ((mixed(high ^ mixed(low + count)) >>> 0) + 0.5) / 4_294_967_296;
  };
  return {
    seek(first, second) {
      high = mixed(seed ^ mixed(first));
      low = mixed(mixed(second + golden) ^ first);
      count = 0;
      spare = Number.NaN;
    },
    next,
    normal() {
      if (!Number.isNaN(spare)) {
        const kept = spare;
        spare = Number.NaN;
        return kept;
      }
      const radius = Math.sqrt(-2 * Math.log(next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}
