import sharp from "sharp";
import { AppError } from "../../../errors/app-error.ts";
import type { JsonSchema } from "../engine.ts";

/** A question whose answer is known: the proof that a model that loads also reads. */
export interface Canary {
  readonly prompt: string;
  readonly schema: JsonSchema;
  readonly images: readonly Buffer[];
  /** Throws MODEL_OUTPUT_INVALID or MODEL_NOT_VISION unless the answer is right. */
  check(value: unknown): void;
}

export const canaryNumber = "417";

/** Strokes of the digits in a box of 10 by 16; drawn, because an image may come without any font. */
const strokes: Record<string, string> = {
  "1": "M2 3 L6 0 L6 16",
  "4": "M8 16 L8 0 L0 11 L10 11",
  "7": "M0 0 L10 0 L4 16",
};

/**
 * Some versions of the model server have accepted pictures and shown the model nothing, so the
 * picture's number must come back; a guess has one chance in nine hundred.
 */
export async function visionCanary(): Promise<Canary> {
  return {
    prompt:
      "The picture shows one number of three digits, large and black. Which number is it? Answer with its digits.",
    schema: wordSchema("number", 12),
    images: [await drawNumber(canaryNumber)],
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
    images: [],
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

function drawNumber(number: string): Promise<Buffer> {
  const digits = [...number].map(
    (digit, at) => `<path d="${strokes[digit] ?? ""}" transform="translate(${4 + at * 14} 6)"/>`,
  );
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="672" height="448" viewBox="0 0 46 28">` +
    `<rect width="46" height="28" fill="white"/>` +
    `<g fill="none" stroke="black" stroke-width="1.8">${digits.join("")}</g></svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: "white" }).jpeg({ quality: 90 }).toBuffer();
}
