import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { OpenOptions, PdfDocument } from "../../src/pdf/index.ts";
import { builtPdf } from "./built-pdf.ts";
import { cpuSeconds } from "./cpu-time.ts";
import { deckFiles } from "./decks.ts";
import { descendantsOf, watchPeakMemory } from "./peak-memory.ts";

export interface Contest {
  /** What is measured, for the headline. */
  readonly title: string;
  /** The Debian program, as it stands in the path. */
  readonly program: string;
  /** Does one page with our reader. */
  ours(document: PdfDocument, page: number): Promise<unknown>;
  /** Does the whole document with the program. */
  theirs(file: string): Promise<void>;
}

interface Measure {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly bytes: number;
}

/** The ways a document is done, in the order of the columns. */
const ways = ["cold", "warm", "theirs"] as const;
type Way = (typeof ways)[number];
type Measures = Readonly<Record<Way, Measure>>;

/**
 * Three ways on the same files, by turns, so that a busy moment hits all: `cold`, a reader's process started for
 * each document; `warm`, the reader of the document before, as the product keeps it; and the program, which is
 * started for each document. Prints medians and ratios, each in wall time and, less moved by other work, in CPU time.
 */
export async function compare({ title, program, ours, theirs }: Contest): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
  const rounds = Math.max(1, Number(values.rounds) || 5);
  if (spawnSync(program, ["-v"]).error !== undefined) {
    console.log(`${program} is not installed: apt-get install poppler-utils`);
    return;
  }
  const { openPdf, createPdfReaders } = await builtPdf();
  const readers = createPdfReaders({ restingMax: 1, restingMs: 600_000 });
  let pages = 0;
  const whole = async (file: string, options: OpenOptions): Promise<void> => {
    const document = await openPdf(file, undefined, options);
    pages = document.pages;
    for (let page = 1; page <= pages; page += 1) await ours(document, page);
    await document.close();
  };
  const work: Record<Way, (file: string) => Promise<void>> = {
    cold: (file) => whole(file, {}),
    warm: (file) => whole(file, { readers }),
    theirs,
  };
  // Who compiles this benchmark may run beside it.
  const others = new Set(descendantsOf(process.pid));
  const measured = async (way: Way, file: string): Promise<Measure> => {
    // The reader that rests belongs to one way only.
    const except = way === "warm" ? others : new Set(descendantsOf(process.pid));
    const memory = watchPeakMemory(process.pid, except);
    const [startedMs, startedCpu] = [performance.now(), cpuSeconds()];
    await work[way](file);
    const seconds = (performance.now() - startedMs) / 1000;
    const bytes = memory.take();
    memory.stop();
    return { seconds, cpuSeconds: cpuSeconds() - startedCpu, bytes };
  };
  /** Looked at so often that it is slowed down: a run of its own, which is not timed. */
  const peakOfTheirs = async (file: string): Promise<number> => {
    const memory = watchPeakMemory(process.pid, new Set(descendantsOf(process.pid)), 1);
    await theirs(file);
    memory.stop();
    return memory.take();
  };
  console.log(`${title}: medians of ${rounds} runs by turns, whole documents`);
  console.log("cold: with the start of our process; warm: the process of the document before;");
  console.log(`${program}: with its start. Pages a second; MB: the largest process`);
  console.log(line(["deck", "pages", "cold", "warm", program, "cold", "warm"]));
  const decks: { pages: number; measures: Measures }[] = [];
  for (const file of deckFiles()) {
    const runs: Record<Way, Measure[]> = { cold: [], warm: [], theirs: [] };
    await work.warm(file);
    for (let round = 0; round < rounds; round += 1) {
      for (const way of ways) runs[way].push(await measured(way, file));
    }
    const measures = {
      cold: medianOf(runs.cold),
      warm: medianOf(runs.warm),
      theirs: { ...medianOf(runs.theirs), bytes: await peakOfTheirs(file) },
    };
    decks.push({ pages, measures });
    console.log(line([basename(file), String(pages), ...cells(measures, pages)]));
  }
  await readers.close();
  printSums(program, decks);
}

function cells(measures: Measures, pages: number): string[] {
  const ratio = (way: Way): string => times(measures.theirs.seconds / measures[way].seconds);
  return [
    ...ways.map((way) => (pages / measures[way].seconds).toFixed(1)),
    ratio("cold"),
    ratio("warm"),
  ];
}

function printSums(
  program: string,
  decks: readonly { readonly pages: number; readonly measures: Measures }[],
): void {
  const pages = decks.reduce((sum, deck) => sum + deck.pages, 0);
  const sum = (way: Way, what: "seconds" | "cpuSeconds"): number =>
    decks.reduce((total, { measures }) => total + measures[way][what], 0);
  const megabytes = (way: Way): number =>
    middle(decks.map(({ measures }) => measures[way].bytes)) / 1e6;
  console.log(`all ${pages} pages`);
  console.log(line(["", "pages/s", "speed", "CPU ms/page", "CPU speed", "MB", "memory"]));
  for (const way of ways) {
    const [seconds, cpu] = [sum(way, "seconds"), sum(way, "cpuSeconds")];
    console.log(
      line([
        way === "theirs" ? program : way,
        (pages / seconds).toFixed(1),
        times(sum("theirs", "seconds") / seconds),
        ((cpu / pages) * 1000).toFixed(1),
        times(sum("theirs", "cpuSeconds") / Math.max(0.01, cpu)),
        megabytes(way).toFixed(0),
        megabytes("theirs") > 0 ? times(megabytes(way) / megabytes("theirs")) : "-",
      ]),
    );
  }
}

const times = (value: number): string => `${value.toFixed(2)}x`;
const middle = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;
const medianOf = (runs: readonly Measure[]): Measure => ({
  seconds: middle(runs.map((run) => run.seconds)),
  cpuSeconds: middle(runs.map((run) => run.cpuSeconds)),
  // A process that ends between two looks is not seen in every run.
  bytes: Math.max(...runs.map((run) => run.bytes)),
});

const line = ([first = "", ...rest]: readonly string[]): string =>
  [first.slice(0, 28).padEnd(28), ...rest.map((cell) => cell.padStart(13))].join("");
