import { z } from "zod";
import { byWhom, instant } from "./common.ts";
import { extractions, type fieldTypes, fieldValue } from "./results.ts";

export const reviewVerdicts = ["verified", "flagged", "corrected", "withdrawn"] as const;
export const reviewKinds = ["field", "answer", "claim", "finding"] as const;

const path = z.string().min(1).max(200);

/** What a person said of one value. It lies over the results and never changes them. */
export const reviewView = z
  .object({
    path,
    task: z.string(),
    verdict: z.enum(reviewVerdicts),
    /** As the results say it now. */
    read: z.unknown(),
    /** As they said it when it was judged. */
    seen: z.unknown(),
    /** What the reviewer stands for: corrected or verified; null also where nothing is stated. */
    reviewed: z.unknown(),
    /** The results say another value by now: it wants to be looked at again. */
    stale: z.boolean(),
    note: z.string().nullable(),
    by: z.string(),
    at: instant,
    generation: z.int(),
  })
  .meta({ id: "Review" });
export type ReviewView = z.infer<typeof reviewView>;

/** Something that can be judged, and what was said of it last. */
export const reviewableView = z
  .object({
    path,
    task: z.string(),
    kind: z.enum(reviewKinds),
    title: z.string(),
    /** What a correction must be; null: it can be verified or flagged, not corrected. */
    type: z.string().nullable(),
    read: z.unknown(),
    /** Whether its quotes were found on their slides; null: it has none. */
    grounded: z.boolean().nullable(),
    /** Other values that the document states. */
    conflicts: z.int(),
    review: reviewView.nullable(),
  })
  .meta({ id: "Reviewable" });
export type ReviewableView = z.infer<typeof reviewableView>;

export const documentReviews = z
  .object({
    document: z.string(),
    pipeline: z.string(),
    generation: z.int(),
    /** false: nothing can be judged before the pipeline has ended. */
    complete: z.boolean(),
    items: z.array(reviewableView),
    /** All that was ever said, newest first; those taken back too. */
    history: z.array(reviewView),
  })
  .meta({ id: "DocumentReviews" });
export type DocumentReviews = z.infer<typeof documentReviews>;

export const reviewBody = z
  .object({
    path,
    verdict: z.enum(reviewVerdicts),
    /** Of `corrected`: what is right; null: the document does not state it. */
    value: z.unknown().optional(),
    note: z.string().trim().min(1).max(2000).nullable().default(null),
    by: byWhom.default("operator"),
    /** That was looked at; refused when a rerun has made a newer one. */
    generation: z.int().min(1).optional(),
  })
  .meta({ id: "ReviewRequest" });
export type ReviewBody = z.input<typeof reviewBody>;

const filled = z.string().trim().min(1).max(2000);
const currency = z.string().regex(/^[A-Z]{3}$/, "must be three capital letters, such as EUR");
const money = z.strictObject({ amount: z.number().nonnegative(), currency });
const facts = extractions.shape;
const ask = facts.funding_amount.shape.value.unwrap();

const shapes: Readonly<Record<(typeof fieldTypes)[number] | "healthcare" | "ask", z.ZodType>> = {
  text: filled,
  person: filled,
  choice: filled,
  number: z.number(),
  money,
  boolean: z.boolean(),
  date: facts.deck_date.shape.value.unwrap(),
  list: z
    .array(z.union([filled, z.number()]))
    .min(1)
    .max(200),
  healthcare: facts.healthcare.shape.value.unwrap().strict(),
  ask: ask.extend({ currency, round: filled.nullable() }).strict(),
};

/**
 * What is wrong with a corrected value of a type, in words; null: nothing is. null is right for every type.
 * @param choices of a `choice`: the values it may have
 */
export function valueProblem(
  type: string,
  value: unknown,
  choices: readonly string[] | null,
): string | null {
  if (value === null) return null;
  if (!Object.hasOwn(shapes, type)) return fieldValue.safeParse(value).success ? null : "no value";
  const seen = shapes[type as keyof typeof shapes].safeParse(value);
  if (!seen.success) {
    const [issue] = seen.error.issues;
    return [...(issue?.path ?? []), issue?.message ?? "is not valid"].map(String).join(": ");
  }
  if (choices === null || choices.includes(String(value))) return null;
  return `must be one of ${choices.join(", ")}`;
}
