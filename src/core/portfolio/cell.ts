import type { Judged, ReviewVerdict } from "../review/overlay.ts";
import { reviewedValue } from "../review/overlay.ts";
import { type Reviewable, reviewables } from "../review/reviewable.ts";

/** What of a value can be compared: in words, and as a number where it is one. */
export interface Comparable {
  /** In one line; null: the document does not say it. */
  readonly shown: string | null;
  /** Of a range the lower bound; of a truth value 0 or 1. */
  readonly number: number | null;
  /** Of a range the upper bound, else as `number`. */
  readonly numberTo: number | null;
  /** What the number counts: the currency of an amount. Other units are never compared with it. */
  readonly unit: string | null;
}

/** One field of one document as it stands after review. */
export interface Cell extends Comparable {
  readonly path: string;
  readonly title: string;
  readonly type: string;
  /** Its place among the fields of the document. */
  readonly position: number;
  readonly value: unknown;
  readonly conflicts: number;
  readonly confidence: number | null;
  readonly review: Exclude<ReviewVerdict, "withdrawn"> | null;
}

type Json = Readonly<Record<string, unknown>>;

const nothing: Comparable = { shown: null, number: null, numberTo: null, unit: null };

/** A column is an overview: longer texts are cut. */
const shownMax = 500;

/** Of a value as packs and the pitch deck have them (`ReviewType`). Any other shape is told as JSON. */
export function comparable(type: string, value: unknown): Comparable {
  if (value === null || value === undefined) return nothing;
  if (typeof value === "boolean") return flag(value, value ? "yes" : "no");
  if (typeof value === "number") {
    return { ...nothing, shown: String(value), number: value, numberTo: value };
  }
  if (typeof value === "string") return words(value);
  if (Array.isArray(value)) return words(value.map(String).join("; "));
  const said = value as Json;
  if (type === "healthcare" && typeof said.is_healthcare === "boolean") {
    const sector = typeof said.sector === "string" ? said.sector.replaceAll("_", " ") : null;
    return flag(said.is_healthcare, [said.is_healthcare ? "yes" : "no", sector ?? []].flat());
  }
  return "amount" in said ? amountOf(said) : words(JSON.stringify(value));
}

const words = (text: string): Comparable => ({
  ...nothing,
  shown: text.replace(/\s+/gu, " ").trim().slice(0, shownMax),
});

const flag = (is: boolean, said: string | readonly string[]): Comparable => ({
  ...nothing,
  shown: typeof said === "string" ? said : said.join(": "),
  number: Number(is),
  numberTo: Number(is),
});

function amountOf({ amount, currency, round }: Json): Comparable {
  const bounds = (Array.isArray(amount) ? amount : [amount]).filter(
    (bound): bound is number => typeof bound === "number" && Number.isFinite(bound),
  );
  const [from] = bounds;
  if (from === undefined) return words(JSON.stringify(amount));
  const unit = typeof currency === "string" && currency !== "" ? currency : null;
  const sum = [bounds.join(" to "), unit ?? []].flat().join(" ");
  return {
    shown: typeof round === "string" && round !== "" ? `${sum}, ${round}` : sum,
    number: Math.min(...bounds),
    numberTo: Math.max(...bounds),
    unit,
  };
}

/** A review that stands, as the newest of its path. */
export interface StandingReview extends Judged {
  readonly path: string;
}

/**
 * The fields of a document, in the order of its results, with what people said of them; then two figures that every
 * reader of many decks asks for: the score of the template and the findings that weigh.
 */
export function cellsOf(results: Json, reviews: readonly StandingReview[]): Cell[] {
  const said = new Map(reviews.map((one) => [one.path, one]));
  const fields = reviewables(results).filter(({ kind }) => kind === "field");
  return [
    ...fields.map((field, at) => cellOf(field, at, said.get(field.path), results)),
    ...figuresOf(results).map(({ value, ...figure }, at) => ({
      ...figure,
      ...{ type: "number", position: fields.length + at, value, ...comparable("number", value) },
      ...{ conflicts: 0, confidence: null, review: null },
    })),
  ];
}

function cellOf(
  { path, title, type, value: read, conflicts, task }: Reviewable,
  position: number,
  review: StandingReview | undefined,
  results: Json,
): Cell {
  const reviewed = review === undefined ? undefined : reviewedValue(review);
  const value = reviewed === undefined ? read : reviewed;
  const verdict = review?.verdict ?? null;
  return {
    ...{ path, title, type: type ?? "text", position, value, ...comparable(type ?? "text", value) },
    // A person has settled it.
    conflicts: reviewed === undefined ? conflicts : 0,
    confidence: confidenceOf(results[task], path),
    review: verdict === "withdrawn" ? null : verdict,
  };
}

function confidenceOf(result: unknown, path: string): number | null {
  const name = path.slice(path.indexOf(".") + 1);
  const { extractions, fields } = (result ?? {}) as Json;
  const field = Array.isArray(fields)
    ? fields.find((one: Json | null) => one?.name === name)
    : (extractions as Json | undefined)?.[name];
  const confidence = (field as Json | undefined)?.confidence;
  return typeof confidence === "number" ? confidence : null;
}

function figuresOf(results: Json): { path: string; title: string; value: number | null }[] {
  const template = Object.values(results).find((one) => isJson(one) && isJson(one.template));
  const feedback = Object.values(results).find((one) => isJson(one) && Array.isArray(one.deck));
  return [
    ...(template === undefined
      ? []
      : [{ path: "template.score", title: "Template score", value: scoreOf(template) }]),
    ...(feedback === undefined
      ? []
      : [
          {
            ...{ path: "slide_feedback.serious", title: "Critical and major findings" },
            value: seriousOf(feedback as Json),
          },
        ]),
  ];
}

function scoreOf(result: unknown): number | null {
  const { score } = (result as { template: Json }).template;
  return typeof score === "number" ? score : null;
}

function seriousOf({ slides }: Json): number {
  const all = Array.isArray(slides) ? slides.flatMap((one: Json) => one.findings ?? []) : [];
  return all.filter((one) => isJson(one) && /^(critical|major)$/.test(String(one.severity))).length;
}

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
