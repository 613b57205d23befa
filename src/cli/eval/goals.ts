import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { defaultGoals, type Goal, goalNames } from "../../core/evaluation/goals.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Context } from "../context.ts";

/** `name=0.9,invented=0`, or a YAML or JSON file of names and limits; the usual goals when nothing is given. Throws USAGE. */
export async function goalsOf(
  { cwd }: Context,
  given: string | undefined,
): Promise<readonly Goal[]> {
  if (given === undefined) return defaultGoals;
  const pairs = given.includes("=")
    ? given.split(",").map((pair): [string, unknown] => {
        const [name = "", limit = ""] = pair.split("=");
        return [name.trim(), limit.trim() === "" ? Number.NaN : Number(limit)];
      })
    : await pairsIn(resolve(cwd, given));
  return pairs.map(([name, limit]) => goalOf(name, limit));
}

async function pairsIn(file: string): Promise<[string, unknown][]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `--goal: ${file} cannot be read (${error.code ?? error})`);
  });
  try {
    return Object.entries(z.record(z.string(), z.unknown()).parse(parse(text)));
  } catch {
    throw new AppError("USAGE", `--goal: ${file} must hold names with limits, such as "ask: 0.75"`);
  }
}

function goalOf(name: string, limit: unknown): Goal {
  if (!goalNames.includes(name)) {
    throw new AppError("USAGE", `--goal: "${name}" is none of ${goalNames.join(", ")}`);
  }
  if (typeof limit !== "number" || !(limit >= 0)) {
    throw new AppError("USAGE", `--goal: ${name} needs a number, such as ${name}=0.75`);
  }
  return { name, limit };
}
