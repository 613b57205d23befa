import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import type { openPdf } from "../../src/pdf/index.ts";
import { builtPdf } from "./built-pdf.ts";
import { deckFiles } from "./decks.ts";
import { watchPeakMemory } from "./peak-memory.ts";

export interface Contest {
  /** What is measured, for the headline. */
  readonly title: string;
  /** The Debian program, as it stands in the path. */
  readonly program: string;
  /** Does the whole document with our reader; returns its pages. */
  ours(open: typeof openPdf, file: string): Promise<number>;
  /** Does the same with the program. */
  theirs(file: string): Promise<void>;
}

interface Measure {
  readonly seconds: number;
  readonly bytes: number;
}

const rounds = 5;

/** Both sides on the same files, by turns, so that a busy moment hits both. Prints medians and ratios. */
export async function compare({ title, program, ours, theirs }: Contest): Promise<void> {
  if (spawnSync(program, ["-v"]).error !== undefined) {
    console.log(`${program} is not installed: apt-get install poppler-utils`);
    return;
  }
  const { openPdf: open } = await builtPdf();
  const memory = watchPeakMemory(process.pid);
  const measured = async (work: () => Promise<unknown>): Promise<Measure> => {
    memory.take();
    const startedMs = performance.now();
    await work();
    return { seconds: (performance.now() - startedMs) / 1000, bytes: memory.take() };
  };
  console.log(`${title}: medians of ${rounds} runs by turns, whole documents, start included`);
  console.log(line(["deck", "pages", "ours p/s", "MB", `${program} p/s`, "MB", "speed", "memory"]));
  const ratios: { speed: number; memory: number }[] = [];
  const all = { pages: 0, ours: 0, theirs: 0 };
  for (const file of deckFiles()) {
    let pages = 0;
    const [us, them]: [Measure[], Measure[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      us.push(await measured(async () => (pages = await ours(open, file))));
      them.push(await measured(() => theirs(file)));
    }
    const [mine, other] = [medianOf(us), medianOf(them)];
    const ratio = { speed: other.seconds / mine.seconds, memory: mine.bytes / other.bytes };
    ratios.push(ratio);
    all.pages += pages;
    all.ours += mine.seconds;
    all.theirs += other.seconds;
    console.log(
      line([
        basename(file),
        String(pages),
        ...cells(mine, pages),
        ...cells(other, pages),
        times(ratio.speed),
        times(ratio.memory),
      ]),
    );
  }
  memory.stop();
  const rate = (seconds: number): string => (all.pages / seconds).toFixed(1);
  console.log(
    `all ${all.pages} pages: ours ${rate(all.ours)} pages/s, ${program} ${rate(all.theirs)} pages/s`,
  );
  console.log(
    `speed ${times(all.theirs / all.ours)} of ${program}; memory ${times(middle(ratios.map((one) => one.memory)))} (median of decks)`,
  );
}

const cells = ({ seconds, bytes }: Measure, pages: number): string[] => [
  (pages / seconds).toFixed(1),
  String(Math.round(bytes / 1e6)),
];

const times = (value: number): string => `${value.toFixed(2)}x`;
const middle = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;
const medianOf = (runs: readonly Measure[]): Measure => ({
  seconds: middle(runs.map((run) => run.seconds)),
  bytes: middle(runs.map((run) => run.bytes)),
});

const line = ([first = "", ...rest]: readonly string[]): string =>
  [first.slice(0, 28).padEnd(28), ...rest.map((cell) => cell.padStart(13))].join("");
