import { plain } from "../text/fold.ts";

/** A slide as it is compared: by its words alone. */
export interface ComparedSlide {
  readonly slide: number;
  readonly title: string | null;
  readonly text: string;
}

export interface SlidePair {
  /** Numbers of the slides. */
  readonly a: number;
  readonly b: number;
  /** 1: the same words in the same order. */
  readonly similarity: number;
  /** It stands elsewhere among the slides that both decks have. */
  readonly moved: boolean;
}

/** Below this two slides are two slides. Two in three words shared is above it, one in three is not. */
const similarityMin = 0.45;
/** What a title that both have is worth. */
const titleShare = 0.3;
/** Of slides whose words are the same and stand otherwise. */
const almost = 0.999;

/**
 * Which slides of two decks are the same one. The most similar pair is taken first; of equals the one that stands
 * closest, then the earlier. Nothing depends on which deck is called first.
 */
export function alignSlides(a: readonly ComparedSlide[], b: readonly ComparedSlide[]): SlidePair[] {
  const [ofA, ofB] = [a.map(wordsOf), b.map(wordsOf)];
  const found = ofA.flatMap((one, i) =>
    ofB.flatMap((other, j) => {
      const similarity = similarityOf(one, other);
      return similarity < similarityMin ? [] : [{ i, j, similarity }];
    }),
  );
  found.sort(
    (x, y) =>
      y.similarity - x.similarity ||
      Math.abs(x.i - x.j) - Math.abs(y.i - y.j) ||
      x.i + x.j - (y.i + y.j),
  );
  const [takenA, takenB] = [new Set<number>(), new Set<number>()];
  const pairs = found.filter(({ i, j }) => {
    if (takenA.has(i) || takenB.has(j)) return false;
    takenA.add(i);
    takenB.add(j);
    return true;
  });
  pairs.sort((x, y) => x.j - y.j);
  const stays = inEveryOrder(pairs.map(({ i }) => i));
  return pairs.map(({ i, j, similarity }, at) => ({
    ...{ a: a[i]?.slide ?? 0, b: b[j]?.slide ?? 0, similarity },
    moved: stays[at] !== true,
  }));
}

interface Words {
  readonly text: string;
  readonly title: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
}

function wordsOf({ title, text }: ComparedSlide): Words {
  const words = plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const heading = plain(title ?? "").match(/[\p{L}\p{N}]+/gu) ?? [];
  return { text: words.join(" "), title: heading.join(" "), counts, total: words.length };
}

/** Share of words that both have (Dice's coefficient over multisets), more for a title that both have. */
function similarityOf(a: Words, b: Words): number {
  if (a.text === b.text) return 1;
  if (a.total === 0 || b.total === 0) return 0;
  let shared = 0;
  for (const [word, count] of a.counts) shared += Math.min(count, b.counts.get(word) ?? 0);
  const dice = (2 * shared) / (a.total + b.total);
  const isTitled = a.title !== "" && a.title === b.title;
  return Math.min(almost, isTitled ? titleShare + (1 - titleShare) * dice : dice);
}

/**
 * Of each place whether it belongs to every longest rising run of these different numbers: then it has kept its
 * place. Where two slides changed places neither has.
 */
export function inEveryOrder(numbers: readonly number[]): boolean[] {
  const ending = risingTo(numbers);
  const starting = risingTo(numbers.map((number) => -number).toReversed()).toReversed();
  const longest = Math.max(0, ...ending);
  const isOn = numbers.map((_, at) => (ending[at] ?? 0) + (starting[at] ?? 0) - 1 === longest);
  return numbers.map(
    (_, at) =>
      isOn[at] === true && ending.filter((one, i) => isOn[i] && one === ending[at]).length === 1,
  );
}

/** Length of the longest rising run that ends at each place. */
function risingTo(numbers: readonly number[]): number[] {
  const lengths: number[] = [];
  for (const [at, number] of numbers.entries()) {
    let best = 0;
    for (let before = 0; before < at; before += 1) {
      if ((numbers[before] ?? 0) < number) best = Math.max(best, lengths[before] ?? 0);
    }
    lengths.push(best + 1);
  }
  return lengths;
}
