import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type DeckTruthEntry, evaluationSet } from "../contract/evaluation.ts";
import type { DeckTruth } from "../core/evaluation/truth.ts";
import { AppError } from "../errors/app-error.ts";

/** A folder of PDFs with what is known of each. */
export interface EvaluationSet {
  readonly folder: string;
  readonly decks: readonly DeckTruth[];
}

/** Names of the file with the truth, the first that is there. */
const truthFiles = ["truth.json", "expected.json"];

/**
 * Reads the truth beside the PDFs of a folder. Every deck it names must be there; a PDF that it does not
 * name is no part of the set. Throws EVALUATION_SET_INVALID with everything that is wrong.
 */
export async function readSet(folder: string): Promise<EvaluationSet> {
  const files = await readdir(folder).catch(() => {
    throw new AppError("EVALUATION_SET_INVALID", `There is no folder ${folder}.`);
  });
  const name = truthFiles.find((one) => files.includes(one));
  if (name === undefined) {
    throw new AppError("EVALUATION_SET_INVALID", `${folder} holds no ${truthFiles[0]}.`);
  }
  const entries = parsed(name, await readFile(join(folder, name), "utf8"));
  const missing = entries.filter(({ file }) => basename(file) !== file || !files.includes(file));
  const named = entries.map(({ file }) => file);
  const twice = named.filter((file, at) => named.indexOf(file) !== at);
  const wrong = [
    ...missing.map(({ file }) => `${name} names ${file}, which is not in the folder.`),
    ...twice.map((file) => `${name} names ${file} twice.`),
  ];
  if (wrong.length > 0) throw new AppError("EVALUATION_SET_INVALID", wrong.join("\n"));
  return { folder, decks: entries.map(truthOf) };
}

function parsed(name: string, text: string): DeckTruthEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError("EVALUATION_SET_INVALID", `${name} is not JSON.`);
  }
  const result = evaluationSet.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => {
    const [at, ...keys] = path;
    const file = Array.isArray(value) && typeof at === "number" ? value[at]?.file : undefined;
    return `${name}: ${[file ?? at ?? "the list", ...keys].join(": ")}: ${message}`;
  });
  throw new AppError("EVALUATION_SET_INVALID", lines.join("\n"));
}

function truthOf(entry: DeckTruthEntry): DeckTruth {
  const { file, startup_name: name, is_healthcare, sector, funding_amount, deck_date } = entry;
  return {
    file,
    ...(name === undefined ? {} : { names: typeof name === "string" ? [name] : name }),
    ...(is_healthcare == null ? {} : { isHealthcare: is_healthcare }),
    ...(sector === undefined ? {} : { sector }),
    ...(funding_amount === undefined
      ? {}
      : { ask: funding_amount && { ...funding_amount, amount: boundsOf(funding_amount.amount) } }),
    ...(deck_date === undefined ? {} : { date: deck_date }),
    ...(entry.offering === undefined ? {} : { offering: entry.offering }),
  };
}

/** One figure is a range of one. */
export const boundsOf = (amount: number | readonly [number, number]): readonly [number, number] =>
  typeof amount === "number" ? [amount, amount] : amount;
