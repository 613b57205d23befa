import type {
  DocumentResults,
  DocumentSummary,
  Evidence,
  Extractions,
  FieldResult,
  FieldsResult,
  ReviewView,
} from "../api/types.ts";
import { deckDateWords, moneyWords, rangesWords, slidesWords } from "../lib/format.ts";
import { sectorWords } from "../lib/words.ts";
import { isFields } from "./result-shapes.ts";

/** One field in words, whatever pack it is of. */
export interface Field {
  readonly path: string;
  readonly label: string;
  /** As it was read, and how such a value is told. */
  readonly read: unknown;
  /** Of a correction. */
  readonly type: string;
  readonly wordsOf: (value: unknown) => string | null;
  /** null: the deck does not say. */
  readonly value: string | null;
  /** Of the value that was read; "": it has none. */
  readonly unit: string;
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  readonly note: string | null;
  /** false: its quotes do not hold it. */
  readonly supported: boolean | null;
  /** What the deck says as well, in words. */
  readonly others: readonly Other[];
}
interface Other {
  readonly words: string | null;
  readonly evidence: readonly Evidence[];
}

const healthcareWords = (value: Extractions["healthcare"]["value"]): string | null => {
  if (value === null) return null;
  if (!value.is_healthcare) return "No";
  return value.sector === null ? "Yes" : `Yes: ${sectorWords(value.sector)}`;
};

const fundingWords = (value: Extractions["funding_amount"]["value"]): string | null => {
  if (value === null) return null;
  const sum = moneyWords(value.amount, value.currency);
  return value.round === null ? sum : `${sum}, ${value.round}`;
};

interface Extracted<T> {
  readonly value: T | null;
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  readonly note: string | null;
  readonly supported?: boolean | undefined;
  readonly conflicts?:
    | readonly { readonly value: T | null; readonly evidence: readonly Evidence[] }[]
    | undefined;
}

const unitOf = (value: unknown): string =>
  typeof value === "object" && value !== null && "currency" in value ? String(value.currency) : "";

function fieldOf<T>(
  { path, type, label }: Pick<Field, "path" | "type" | "label">,
  found: Extracted<T>,
  words: (value: T | null) => string | null,
): Field {
  const { value, confidence, evidence, note, supported, conflicts } = found;
  return {
    ...{ path, type, label, confidence, evidence, note, read: value },
    value: words(value),
    unit: unitOf(value),
    supported: supported ?? null,
    wordsOf: (one) => words(one as T | null),
    others: (conflicts ?? []).map((one) => ({ words: words(one.value), evidence: one.evidence })),
  };
}

const asIs = (value: string | null): string | null => value;
const dateWords = (value: string | null): string | null =>
  value === null ? null : deckDateWords(value);

/** Of a pitch deck. */
export function extractedFields(found: Extractions): readonly Field[] {
  const place = (name: string, type: string, label: string) => ({
    path: `extractions.${name}`,
    ...{ type, label },
  });
  const { startup_name, company_offering, healthcare, funding_amount, deck_date } = found;
  return [
    fieldOf(place("startup_name", "text", "Startup name"), startup_name, asIs),
    fieldOf(place("company_offering", "text", "What it offers"), company_offering, asIs),
    fieldOf(place("healthcare", "healthcare", "Healthcare"), healthcare, healthcareWords),
    fieldOf(place("funding_amount", "ask", "Funding asked for"), funding_amount, fundingWords),
    fieldOf(place("deck_date", "date", "Date of the deck"), deck_date, dateWords),
  ];
}

function valueWords(value: FieldResult["value"], type: FieldResult["type"]): string | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return value.toLocaleString("en");
  if (typeof value === "string") return type === "date" ? deckDateWords(value) : value;
  if ("amount" in value) return moneyWords(value.amount, value.currency);
  return value.map(String).join(" · ");
}

/** Of a task of any other pack. */
export const packFields = (task: string, { fields }: FieldsResult): readonly Field[] =>
  fields.map((field) =>
    fieldOf<FieldResult["value"]>(
      { path: `${task}.${field.name}`, type: field.type, label: field.title },
      field,
      (one) => valueWords(one, field.type),
    ),
  );

/** All fields that a document's results hold. */
export function allFields({ results }: DocumentResults): readonly Field[] {
  const main = results.extractions_and_template;
  return [
    ...(main === undefined ? [] : extractedFields(main.extractions)),
    ...Object.entries(results).flatMap(([task, result]) =>
      result !== undefined && isFields(result) ? packFields(task, result) : [],
    ),
  ];
}

export const slidesOfField = ({ evidence, others }: Field): number[] =>
  [
    ...new Set([...evidence, ...others.flatMap((other) => other.evidence)].map((e) => e.slide)),
  ].sort((a, b) => a - b);

export interface FieldStatus {
  readonly words: string;
  readonly tone: "plain" | "accent" | "good" | "warn" | "bad";
}

/** What a reader should know of a field first. */
export function fieldStatus(field: Field, review: ReviewView | undefined): FieldStatus {
  if (review?.stale === true) return { words: "Review is stale", tone: "warn" };
  if (review?.verdict === "verified") return { words: "Verified", tone: "good" };
  if (review?.verdict === "corrected") return { words: "Corrected", tone: "accent" };
  if (review?.verdict === "flagged") return { words: "Flagged", tone: "warn" };
  if (field.others.length > 0) return { words: "Conflict", tone: "bad" };
  if (field.value === null) return { words: "Not found", tone: "plain" };
  if (field.evidence.some(({ grounded }) => !grounded)) {
    return { words: "Quote not found", tone: "warn" };
  }
  if (field.supported === false) return { words: "Quote does not hold it", tone: "warn" };
  return { words: "Read", tone: "plain" };
}

const rank = (field: Field): number => {
  if (field.others.length > 0) return 0;
  if (field.value !== null && fieldStatus(field, undefined).words !== "Read") return 1;
  return field.value === null ? 3 : 2;
};

/** What contradicts itself first, then what its quotes do not hold; what was not found last. */
export const byNeed = (fields: readonly Field[]): readonly Field[] =>
  [...fields].sort((a, b) => rank(a) - rank(b));

/** "€4.2M on slide 4, €3.8M on slide 17". */
export function conflictWords({ value, evidence, others }: Field): string {
  const said = [{ words: value, evidence }, ...others];
  return said
    .map((one) => {
      const slides = [...new Set(one.evidence.map(({ slide }) => slide))];
      const where = slides.length === 0 ? "" : ` on ${slides.length === 1 ? "slide" : "slides"} `;
      return `${one.words ?? "not stated"}${where}${rangesWords(slides)}`;
    })
    .join(", ");
}

/** Where a value that is not there was looked for. */
export function lookedWords(document: DocumentSummary): string {
  const reading = document.pipeline.progress.tasks.find(({ task }) => task === "visual_analysis");
  const gaps = reading?.gaps ?? [];
  const looked = document.pages - gaps.length;
  if (gaps.length === 0) return `Looked for on all ${slidesWords(document.pages)}.`;
  const which = gaps.length === 1 ? "slide" : "slides";
  return `Looked for on ${looked} of ${slidesWords(document.pages)}; ${which} ${rangesWords(gaps)} could not be read.`;
}
