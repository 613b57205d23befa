import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { parseDuration } from "../../core/autoscaler/duration.ts";
import { AppError } from "../../errors/app-error.ts";
import { madeUpArrivals } from "../../sim/worlds/arrivals.ts";
import { arrivalsMax, parseTrace } from "../../sim/worlds/trace.ts";
import type { Context } from "../context.ts";

/** Arrivals to simulate, from a file or made up. */
export interface Traffic {
  /** The file's name, or the words it was made by. */
  readonly name: string;
  readonly arrivalsMs: readonly number[];
}

const bytesMax = 256 * 1024 * 1024;
const hourMs = 3_600_000;
const madeUpMs = 14 * 24 * hourMs;

/**
 * `--trace`: a file of arrivals, or `poisson:10/h` with a length behind a comma (`poisson:10/h,30d`), two weeks
 * unless given. Throws TRACE_INVALID with the line that is wrong, and USAGE.
 */
export async function readTraffic(context: Context, text: string): Promise<Traffic> {
  return text.startsWith("poisson:") ? madeUp(text) : recorded(resolve(context.cwd, text));
}

function madeUp(text: string): Traffic {
  const parts = /^poisson:(\d+(?:\.\d+)?)\/h(?:,(.+))?$/.exec(text);
  const perHour = Number(parts?.[1] ?? 0);
  const lengthMs = parts?.[2] === undefined ? madeUpMs : parseDuration(parts[2]);
  if (!(perHour > 0) || lengthMs === null || lengthMs <= 0) {
    throw new AppError(
      "USAGE",
      `--trace ${text}: arrivals are made up as poisson:10/h, or poisson:10/h,30d`,
    );
  }
  const count = Math.round((perHour * lengthMs) / hourMs);
  if (count < 2 || count > arrivalsMax) {
    throw new AppError(
      "USAGE",
      `--trace ${text}: that are ${count} documents; 2 to ${arrivalsMax} can be simulated`,
    );
  }
  return { name: text, arrivalsMs: madeUpArrivals(perHour, lengthMs) };
}

async function recorded(path: string): Promise<Traffic> {
  const name = basename(path);
  const bytes = await stat(path).then(
    ({ size }) => size,
    (error) => refuse(`${path} cannot be read (${error.code ?? error.message})`),
  );
  if (bytes > bytesMax) refuse(`${path} is larger than ${bytesMax / 1024 / 1024} MB`);
  const text = await readFile(path, "utf8").catch((error) =>
    refuse(`${path} cannot be read (${error.code ?? error.message})`),
  );
  const parsed = parseTrace(text);
  if ("problem" in parsed) {
    const { line, what } = parsed.problem;
    return refuse(line === null ? `${name}: ${what}` : `${name}, line ${line}: ${what}`);
  }
  const { arrivalsMs } = parsed.trace;
  if (arrivalsMs.length < 2) refuse(`${name} holds one arrival; a simulation needs two`);
  return { name, arrivalsMs };
}

function refuse(detail: string): never {
  throw new AppError("TRACE_INVALID", detail);
}

/** The same traffic, faster or slower, so that it has this rate. Bursts stay bursts; days change their length. */
export function atRate(arrivalsMs: readonly number[], perHour: number): number[] {
  const first = arrivalsMs[0] ?? 0;
  const spanMs = (arrivalsMs.at(-1) ?? 0) - first;
  const wantedMs = ((arrivalsMs.length - 1) / perHour) * hourMs;
  const factor = spanMs > 0 ? wantedMs / spanMs : 1;
  return arrivalsMs.map((ms) => Math.round((ms - first) * factor));
}

/** The newest so many, from their own beginning. */
export function newest(arrivalsMs: readonly number[], limit: number): readonly number[] {
  if (arrivalsMs.length <= limit) return arrivalsMs;
  const kept = arrivalsMs.slice(-limit);
  const first = kept[0] ?? 0;
  return kept.map((ms) => ms - first);
}
