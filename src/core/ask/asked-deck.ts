import { cellsOf, type StandingReview } from "../portfolio/cell.ts";
import type { AskedDeck, Quote } from "./answer.ts";

type Json = Readonly<Record<string, unknown>>;
const list = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];

/** What may be asked of one document, from its results and what people said of them. Shapes that are not known are left out. */
export function askedDeckOf(results: Json, reviews: readonly StandingReview[]): AskedDeck {
  const parts = Object.values(results).map((part) => (part ?? {}) as Json);
  const slides = list((results.visual_analysis as Json | undefined)?.slides);
  const chapters = parts.flatMap((part) =>
    list(((part.template ?? part) as Json).chapters).flatMap(({ questions }) => list(questions)),
  );
  return {
    slides: slides.flatMap(({ slide, title, text }) =>
      typeof slide === "number" && typeof text === "string"
        ? [{ slide, title: typeof title === "string" ? title : null, text }]
        : [],
    ),
    fields: cellsOf(results, reviews).map((cell) => ({
      ...cell,
      evidence: quotesOf(fieldAt(parts, cell.path)),
    })),
    questions: chapters.map((one) => ({
      question: String(one.question),
      answer: typeof one.answer === "string" ? one.answer : null,
      evidence: quotesOf(one),
    })),
  };
}

function fieldAt(parts: readonly Json[], path: string): unknown {
  const name = path.slice(path.indexOf(".") + 1);
  const found = parts.map(
    ({ extractions, fields }) =>
      (extractions as Json | undefined)?.[name] ?? list(fields).find((one) => one.name === name),
  );
  return found.find((one) => one !== undefined);
}

const quotesOf = (said: unknown): Quote[] =>
  list((said as Json | undefined)?.evidence).flatMap(({ slide, quote }) =>
    typeof slide === "number" && typeof quote === "string" ? [{ slide, quote }] : [],
  );
