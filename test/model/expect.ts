/** Throws when an answer of the database is not what the model foretold. */
export function same(what: string, is: unknown, should: unknown): void {
  const [one, two] = [JSON.stringify(is), JSON.stringify(should)];
  if (one !== two) throw new Error(`${what}: the database says ${one}, the model ${two}`);
}
