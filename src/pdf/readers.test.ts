import { afterAll, expect, it, vi } from "vitest";
import { example } from "../../test/support/product.ts";
import { openPdf } from "./document.ts";
import { defaultPdfLimits } from "./limits.ts";
import type { ReaderProcess } from "./reader-process.ts";
import { createPdfReaders, type ReaderSource } from "./readers.ts";

const { memoryBytesMax } = defaultPdfLimits;
const [first, second] = [example("aurelia-cardio.pdf"), example("loopfreight.pdf")];
const readers = createPdfReaders({ restingMax: 1, restingMs: 60_000 });
afterAll(() => readers.close());

/** Facts of a page, and the process they came from. */
async function readWith(file: string, source: ReaderSource) {
  const taken: ReaderProcess[] = [];
  const noted: ReaderSource = {
    giveBack: (reader) => source.giveBack(reader),
    async take(...limits) {
      const reader = await source.take(...limits);
      taken.push(reader);
      return reader;
    },
  };
  const document = await openPdf(file, defaultPdfLimits, { readers: noted });
  const facts = await document.read(2);
  await document.close();
  return { facts, reader: taken[0] };
}

it("one process reads documents in turn, each as it reads alone", async () => {
  const [one, other] = [await readWith(first, readers), await readWith(second, readers)];
  expect(other.reader).toBe(one.reader);
  const alone = await openPdf(second);
  expect(other.facts).toEqual(await alone.read(2));
  await alone.close();
  expect((await readWith(first, readers)).facts).toEqual(one.facts);
});

it("a reader that had a fault is not used again, nor one too many", async () => {
  const broken = await readers.take(memoryBytesMax);
  const [open, reason] = [new AbortController(), new Error("enough")];
  open.abort(reason);
  const limits = { limitMs: 9_000, signal: open.signal, what: "", deathCode: "INTERNAL" } as const;
  await expect(broken.call({ kind: "renew" }, limits)).rejects.toBe(reason);
  await broken.kill();
  await readers.giveBack(broken);
  const [next, more] = [await readers.take(memoryBytesMax), await readers.take(memoryBytesMax)];
  expect(next).not.toBe(broken);
  await readers.giveBack(next);
  await readers.giveBack(more);
  expect([next.isDead, more.isDead]).toEqual([false, true]);
});

it("no memory holds two documents", async () => {
  const reader = await readers.take(memoryBytesMax);
  const limits = { limitMs: 30_000, what: "Opening", deathCode: "PDF_CRASHED" } as const;
  const open = (file: string) =>
    reader.call({ kind: "open", file, limits: defaultPdfLimits }, limits);
  await open(first);
  await expect(open(second)).rejects.toMatchObject({ code: "PDF_CRASHED" });
  expect(reader.isDead).toBe(true);
});

it("waits for a while only, and not after the end", async () => {
  const short = createPdfReaders({ restingMax: 1, restingMs: 1 });
  const reader = await short.take(memoryBytesMax);
  await short.giveBack(reader);
  await vi.waitFor(() => expect(reader.isDead).toBe(true), { timeout: 20_000 });
  const late = await short.take(memoryBytesMax);
  await short.close();
  await short.giveBack(late);
  expect(late.isDead).toBe(true);
});
