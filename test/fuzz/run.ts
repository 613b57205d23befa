import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../src/lib/random.ts";
import { hostileDir } from "../hostile/catalogue.ts";
import { type Open, readFileWith } from "../hostile/read-file.ts";
import { example } from "../support/product.ts";
import { mutated } from "./mutate.ts";

export interface FuzzOptions {
  readonly files: number;
  readonly seed: number;
  /** Files read at once. */
  readonly parallel: number;
  readonly open: Open;
  /** Called after each file. */
  readonly onFile?: (done: number) => void;
}

export interface FuzzOutcome {
  /** How many ended in which way: `read`, `read, a page failed`, or the code of the refusal. */
  readonly counts: Readonly<Record<string, number>>;
  /** Each with the number of its file: what must never be. */
  readonly faults: readonly string[];
  readonly slowestMs: number;
}

const seedBytesMax = 1_500_000;
const msMax = 20_000;
const reading = { pagesMax: 3, longEdgePixels: 640 };

/** Sound and odd files to start from, in a fixed order. */
async function seeds(): Promise<Buffer[]> {
  const folders = [example(""), hostileDir].filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".pdf"))
      .sort()
      .map((name) => join(folder, name)),
  );
  const all = await Promise.all(files.map((file) => readFile(file)));
  return all.filter((bytes) => bytes.length > 0 && bytes.length <= seedBytesMax);
}

/** Breaks files and reads them. File n of a seed is always the same bytes, however many run at once. */
export async function fuzz(options: FuzzOptions): Promise<FuzzOutcome> {
  const folder = await mkdtemp(join(tmpdir(), "pilotlight-fuzz-"));
  const sources = await seeds();
  const counts: Record<string, number> = {};
  const faults: string[] = [];
  let slowestMs = 0;
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < options.files) {
      const number = next;
      next += 1;
      const path = join(folder, `${number}.pdf`);
      await writeFile(path, brokenFile(sources, options.seed, number));
      const startedMs = performance.now();
      const came = await outcomeOf(options.open, path).catch((error: unknown) => {
        faults.push(`file ${number}: ${String(error)}`);
        return "fault";
      });
      const ms = performance.now() - startedMs;
      slowestMs = Math.max(slowestMs, ms);
      if (ms > msMax) faults.push(`file ${number}: took ${Math.round(ms / 1000)} s`);
      counts[came] = (counts[came] ?? 0) + 1;
      await rm(path);
      done += 1;
      options.onFile?.(done);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, lane));
  const left = await readdir(folder);
  if (left.length > 0) faults.push(`left behind: ${left.join(", ")}`);
  await rm(folder, { recursive: true, force: true });
  return { counts, faults, slowestMs };
}

/** The bytes of file `number`. */
export function brokenFile(sources: readonly Buffer[], seed: number, number: number): Buffer {
  const random = seededRandom(seed * 1_000_003 + number);
  const pick = (): Buffer => sources[Math.floor(random.next() * sources.length)] ?? Buffer.from("");
  const [bytes, other] = [pick(), pick()];
  return mutated(bytes, other, random);
}

async function outcomeOf(open: Open, path: string): Promise<string> {
  const { refused, failed } = await readFileWith(open, path, reading);
  if (refused !== "") return refused;
  return failed.length > 0 ? "read, a page failed" : "read";
}
