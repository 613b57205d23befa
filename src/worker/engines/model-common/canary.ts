import { AppError } from "../../../errors/app-error.ts";
import { canaryNumber, drawNumber } from "../canary-picture.ts";
import type { JsonSchema } from "../engine.ts";
import type { Asked } from "./asking.ts";

/** A question whose answer is known: the proof that a model that loads also reads. */
export interface Canary extends Asked {
  /** Throws MODEL_OUTPUT_INVALID or MODEL_NOT_VISION unless the answer is right. */
  check(value: unknown): void;
}

/**
 * Some versions of the model server have accepted pictures and shown the model nothing, so the
 * picture's number must come back; a guess has one chance in nine hundred.
 */
export async function visionCanary(): Promise<Canary> {
  const widthPixels = 672;
  const size = { widthPixels, heightPixels: (widthPixels * 2) / 3 };
  return {
    prompt:
      "The picture shows one number of three digits, large and black. Which number is it? Answer with its digits.",
    schema: wordSchema("number", 12),
    picture: { jpeg: await drawNumber(canaryNumber, widthPixels), ...size },
    check(value) {
      const word = wordOf(value, "number");
      if (word.replace(/\D/g, "") === canaryNumber) return;
      const read = `It read "${word}" from a picture of ${canaryNumber}.`;
      throw new AppError("MODEL_NOT_VISION", read);
    },
  };
}

/** A text model need not be clever here: its answer must only have the asked shape. */
export function textCanary(): Canary {
  return {
    prompt: 'A slide says: "Northwind raises 2 million euros." Which company is it?',
    schema: wordSchema("company", 60),
    picture: null,
    check(value) {
      wordOf(value, "company");
    },
  };
}

const wordSchema = (name: string, maxLength: number): JsonSchema => ({
  type: "object",
  properties: { [name]: { type: "string", maxLength } },
  required: [name],
  additionalProperties: false,
});

function wordOf(value: unknown, name: string): string {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const word: unknown = entries.find(([key]) => key === name)?.[1];
  if (typeof word === "string" && word.trim() !== "") return word;
  throw new AppError("MODEL_OUTPUT_INVALID", "The first, easy question was not answered.");
}
