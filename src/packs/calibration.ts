import { z } from "zod";
import { type PackReading, parseYaml, readText } from "./pack-files.ts";
import type { Problems } from "./problems.ts";

/** `calibration.yaml`, which a pack may have: what an engine's confidences have been measured to mean. */

const file = "calibration.yaml";

const curve = z.strictObject({
  intercept: z.number().min(-20).max(20),
  /** Never below 0: more certain stays more certain. */
  slope: z.number().min(0).max(20),
  /** It was fitted to so many answers. */
  answers: z.int().min(0),
});

const quality = z.strictObject({
  answers: z.int().min(0),
  right: z.number().min(0).max(1),
  confidence: z.number().min(0).max(1),
  brier: z.number().min(0).max(1),
  error: z.number().min(0).max(1),
});

const entry = z.strictObject({
  engine: z.enum(["extractive", "ollama", "openai"]),
  /** Of the text pool; null for the engine without models. */
  model: z.string().nullable(),
  /** From so many decks. */
  decks: z.int().min(1),
  /** For people: confidences as said, and as curves of all other decks make them. */
  said: quality.optional(),
  left_out: quality.optional(),
  /** By the name of an extraction, for an answer that was given and for "the deck does not say". */
  fields: z.record(z.string(), z.strictObject({ given: curve, none: curve })),
});

const calibrationSchema = z.strictObject({ engines: z.array(entry) });
export type PackCalibration = z.infer<typeof entry>;

/** None when the pack has no such file. */
export async function readCalibration(
  folder: PackReading,
  problems: Problems,
): Promise<readonly PackCalibration[]> {
  const isThere = await folder.source.read(file).then(
    (bytes) => bytes !== null,
    () => true,
  );
  if (!isThere) return [];
  const text = await readText(folder, file, problems);
  const value = text === undefined ? undefined : parseYaml(file, text, problems);
  if (value === undefined) return [];
  const parsed = calibrationSchema.safeParse(value);
  if (!parsed.success) {
    problems.addIssues(file, calibrationSchema, parsed.error.issues);
    return [];
  }
  const keys = parsed.data.engines.map(({ engine, model }) => `${engine} ${model ?? ""}`.trim());
  for (const key of new Set(keys.filter((one, at) => keys.indexOf(one) < at))) {
    problems.add(file, "engines", `${key} stands there twice`);
  }
  return parsed.data.engines;
}

type Line = { intercept: number; slope: number };

/** The part that a lease carries: the curves, without what they were fitted to. */
export interface EngineCurves {
  engine: string;
  model: string | null;
  fields: Record<string, { given: Line; none: Line }>;
}

export const curvesOf = ({ engine, model, fields }: PackCalibration): EngineCurves => ({
  engine,
  model,
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, { given, none }]) => [
      name,
      { given: lineOf(given), none: lineOf(none) },
    ]),
  ),
});

const lineOf = ({ intercept, slope }: Line): Line => ({ intercept, slope });
