/** Runs work of the same key one after the other, each when the one before has ended. */
export interface InTurn {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export function createInTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return {
    async run(key, work) {
      const before = last.get(key) ?? Promise.resolve();
      const turn = before.then(work, work);
      last.set(key, turn);
      try {
        return await turn;
      } finally {
        if (last.get(key) === turn) last.delete(key);
      }
    },
  };
}
