/**
 * Like `Promise.all`, but throws only when the last one has ended: no call of an order that failed
 * is still under way when the next order is given.
 */
export async function together<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [Key in keyof T]: Awaited<T[Key]> }> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
