/** Runs what is done under one name one after the other, in the order it was asked for. */
export function inTurns(): (name: string, act: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return (name, act) => {
    const before = last.get(name) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(act);
    last.set(name, mine);
    const forget = () => {
      if (last.get(name) === mine) last.delete(name);
    };
    mine.then(forget, forget);
    return mine;
  };
}
