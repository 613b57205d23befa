import type { SlideAnalysis } from "../../../contract/results.ts";
import { AppError } from "../../../errors/app-error.ts";
import { canaryNumber, drawNumber } from "../canary-picture.ts";
import { deckOf } from "./deck.ts";
import { extract } from "./extract/extract.ts";
import type { Ocr } from "./ocr.ts";

/** At this width the digits are as high as the letters of a headline, and reading them is quick. */
const widthPixels = 224;

/** Reads a known picture. Throws OCR_FAILED unless the right number comes back. */
export async function proveSight(ocr: Ocr, signal: AbortSignal): Promise<void> {
  const lines = await ocr.read(await drawNumber(canaryNumber, widthPixels), signal);
  const read = lines.map(({ text }) => text).join(" ");
  if (read.replace(/\D/g, "") === canaryNumber) return;
  const detail = `It read "${read.slice(0, 60)}" from a picture of ${canaryNumber}.`;
  throw new AppError("OCR_FAILED", detail);
}

const slide = (number: number, text: string): SlideAnalysis => ({
  slide: number,
  title: text.split("\n")[0] ?? null,
  text,
  description: "",
  kind: "other",
  text_source: "text_layer",
  words: text.split(/\s+/).length,
  visuals: [],
  blocks: [],
  language: "en",
});

const knownSlides = [
  slide(1, "Northwind Robotics\nRobots that load trucks\nMay 2024"),
  slide(2, "The ask\nWe are raising EUR 2 million"),
];

/** Answers a known question. Throws MODEL_OUTPUT_INVALID unless the answer is right. */
export function proveThought(today: string): void {
  const { funding_amount } = extract(deckOf(knownSlides), today);
  const { amount, currency } = funding_amount.value ?? {};
  if (amount === 2_000_000 && currency === "EUR") return;
  const detail = `It read ${amount ?? "nothing"} ${currency ?? ""} from a slide that asks for EUR 2 million.`;
  throw new AppError("MODEL_OUTPUT_INVALID", detail);
}
