import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hourOfWeekArrivals, poissonArrivals } from "../../src/sim/worlds/arrivals.ts";
import { parseTrace } from "../../src/sim/worlds/trace.ts";

/** Arrivals to compare on. */
export interface Traffic {
  readonly name: string;
  /** Counts for the goals. Of the variants of one recording only one does. */
  readonly isPrimary: boolean;
  /** Its clock is that of the recording, so that an hour of its week is an hour of a week. */
  readonly isNative: boolean;
  /** How many times the usual most replicas a pool may have, so that the traffic can be served at all. */
  readonly capsTimes: number;
  readonly arrivalsMs: readonly number[];
}

interface Source extends Omit<Traffic, "arrivalsMs"> {
  readonly file: string;
}

const folder = fileURLToPath(new URL("../../../shared/data/traces/", import.meta.url));
const recorded = { isPrimary: true, isNative: true, capsTimes: 1 };
const scaled = { ...recorded, isNative: false };
const poisson = "poisson 10/h";

/**
 * One variant of each recording is primary: as recorded where the rate is that of documents, else the
 * one that keeps most of it (whole users before scaled time). `azure_conv` needs about six vision tasks
 * at once: its pools may have three times the usual replicas. Not used: `alibaba_genai__native`, 49 an
 * hour in bursts of 447, and `bpi2012_loans__thin__r2`, thinned until it looks like chance.
 */
const sources: readonly Source[] = [
  { ...recorded, name: "alibaba users 2/h", file: "alibaba_genai__users__r2" },
  { ...recorded, name: "bpi2012 native", file: "bpi2012_loans__native" },
  { ...scaled, name: "azure code 10/h", file: "azure_code__thin+dilate__r10" },
  { ...scaled, name: "azure conv 200/h", file: "azure_conv__dilate__r200", capsTimes: 3 },
  { ...scaled, name: poisson, file: "poisson_CONTROL__r10" },
  {
    ...{ ...recorded, isPrimary: false, name: "alibaba users 10/h" },
    file: "alibaba_genai__users__r10",
  },
];

/** From a Monday on: 6 an hour in ten office hours of five days, and one in five hours otherwise. */
const officeWeek = Array.from({ length: 168 }, (_, hour) =>
  hour < 120 && hour % 24 >= 8 && hour % 24 < 18 ? 6 : 0.2,
);

/** Recordings where they are there, and generated traffic. Each is cut to its first `documentsMax` arrivals. */
export function trafficOf(documentsMax: number, say: (line: string) => void): readonly Traffic[] {
  const found = sources.flatMap(({ file, ...source }): Traffic[] => {
    const path = `${folder}${file}.csv`;
    if (!existsSync(path)) {
      say(`${source.name}: left out, since ../shared/data/traces/${file}.csv is not there`);
      return [];
    }
    const parsed = parseTrace(readFileSync(path, "utf8"));
    if ("problem" in parsed) throw new Error(`${path}: ${parsed.problem.what}`);
    // The clock of the product has whole milliseconds.
    const arrivalsMs = parsed.trace.arrivalsMs.slice(0, documentsMax).map(Math.round);
    return [{ ...source, arrivalsMs }];
  });
  const made = { ...recorded, isPrimary: false };
  const chance = { count: documentsMax, seed: 1 };
  const week = hourOfWeekArrivals({ ...chance, perHour: officeWeek });
  const generated = [{ ...made, name: "office week, generated", arrivalsMs: [...week] }];
  if (found.some(({ name }) => name === poisson)) return [...found, ...generated];
  const even = [...poissonArrivals({ ...chance, perHour: 10 })];
  return [...found, { ...scaled, name: poisson, arrivalsMs: even }, ...generated];
}
