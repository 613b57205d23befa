import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { EvaluationRun } from "../core/evaluation/run.ts";
import { AppError } from "../errors/app-error.ts";

const fieldRun = z.object({
  verdict: z.enum(["right", "wrong", "missed", "invented", "silent"]),
  said: z.string().nullable(),
  truth: z.string().nullable(),
  confidence: z.number(),
  quotes: z.array(z.object({ slide: z.number(), quote: z.string(), grounded: z.boolean() })),
});

const deckRun = z.object({
  file: z.string(),
  sha256: z.string(),
  pages: z.number(),
  problems: z.array(z.string()),
  fields: z
    .object({
      name: fieldRun,
      healthcare: fieldRun,
      sector: fieldRun,
      ask: fieldRun,
      round: fieldRun,
      date: fieldRun,
    })
    .partial(),
  offering: z.object({ said: z.string().nullable(), truth: z.string().nullable() }),
  quotes: z.object({ all: z.number(), grounded: z.number() }),
  seconds: z.object({ vision: z.number(), text: z.number() }),
  tokens: z.object({ prompt: z.number(), output: z.number() }).nullable(),
});

const model = z.string().nullable();
const runFile = z.object({
  v: z.literal(1),
  runs: z
    .array(
      z.object({
        label: z.string(),
        engine: z.string(),
        models: z.object({ vision: model, text: model }),
        pack: z.object({ name: z.string(), version: z.number(), contentHash: z.string() }),
        decks: z.array(deckRun),
      }),
    )
    .min(1),
});

/** The text that `readRuns` reads back. */
export const runsText = (runs: readonly EvaluationRun[]): string =>
  `${JSON.stringify({ v: 1, runs }, null, 1)}\n`;

/** Runs that were saved earlier. Throws USAGE when the file is none of ours. */
export async function readRuns(file: string): Promise<EvaluationRun[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `${file} cannot be read (${error.code ?? error})`);
  });
  try {
    return runFile.parse(JSON.parse(text)).runs as EvaluationRun[];
  } catch {
    throw new AppError("USAGE", `${file} was not written by eval --save`);
  }
}
