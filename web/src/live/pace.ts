/**
 * A queue that is emptied at most once every `everyMs`: at once after a rest, else at the end of the
 * running interval. All that waited is done in one go, in order, and so makes one paint.
 */
export function createPace(everyMs: number): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  let isTimed = false;
  const flush = (): void => {
    const works = waiting;
    waiting = [];
    // Nothing came during the whole interval: the next work is done at once.
    isTimed = works.length > 0;
    if (isTimed) setTimeout(flush, everyMs);
    for (const work of works) work();
  };
  return (work) => {
    waiting.push(work);
    if (!isTimed) setTimeout(flush, 0);
    isTimed = true;
  };
}
