import { claimPaths, findingPaths, findingPlace } from "./paths.ts";

/** What of a document's results people can judge, each with a path of its own. */

/** `field`: may be corrected. The others may be verified or flagged. */
export type ReviewKind = "field" | "answer" | "claim" | "finding";

/** What a value may be: types of a pack's fields, and the two with parts that a pitch deck has. */
export type ReviewType =
  | "text"
  | "number"
  | "money"
  | "date"
  | "boolean"
  | "choice"
  | "person"
  | "list"
  | "healthcare"
  | "ask";

export interface Reviewable {
  /** Unique in the document, such as `extractions.funding_amount`. */
  readonly path: string;
  readonly task: string;
  readonly kind: ReviewKind;
  /** Words for people: the field's name, the question, the claim. */
  readonly title: string;
  /** null: it cannot be corrected. */
  readonly type: ReviewType | null;
  /** As it was read. null: the document does not say it. */
  readonly value: unknown;
  /** Whether all its quotes were found on their slides; null: it has none. */
  readonly grounded: boolean | null;
  /** Other values that the document states. */
  readonly conflicts: number;
}

type Json = Readonly<Record<string, unknown>>;

/** What the fields of a pitch deck are called, in the order they are told. */
export const extractionTitles = {
  startup_name: "Company",
  company_offering: "Offering",
  healthcare: "Healthcare",
  funding_amount: "Ask",
  deck_date: "Deck date",
} as const;

const extractionTypes: Readonly<Record<keyof typeof extractionTitles, ReviewType>> = {
  ...{ startup_name: "text", company_offering: "text", healthcare: "healthcare" },
  ...{ funding_amount: "ask", deck_date: "date" },
};

/** In the order of the results. Shapes that are not known have nothing to judge. */
export function reviewables(results: Json): Reviewable[] {
  return Object.entries(results).flatMap(([task, result]) => {
    if (!isJson(result)) return [];
    if (isJson(result.extractions)) {
      const answers = isJson(result.template) ? answersOf(task, "template", result.template) : [];
      return [...extractionsOf(task, result.extractions), ...answers];
    }
    return [
      ...fieldsOf(task, result),
      ...answersOf(task, task, result),
      ...claimsOf(task, result),
      ...findingsOf(task, result),
    ];
  });
}

function extractionsOf(task: string, extractions: Json): Reviewable[] {
  const names = Object.keys(extractionTitles) as (keyof typeof extractionTitles)[];
  return names.flatMap((name) => {
    const field = extractions[name];
    if (!isJson(field)) return [];
    const place = { path: `extractions.${name}`, task, title: extractionTitles[name] };
    return [fieldOf({ ...place, type: extractionTypes[name] }, field)];
  });
}

function fieldsOf(task: string, result: Json): Reviewable[] {
  return listOf(result.fields).map((field) =>
    fieldOf(
      {
        ...{ path: `${task}.${field.name}`, task, title: String(field.title) },
        type: field.type as ReviewType,
      },
      field,
    ),
  );
}

const fieldOf = (
  place: Pick<Reviewable, "path" | "task" | "title" | "type">,
  field: Json,
): Reviewable => ({
  ...place,
  kind: "field",
  value: field.value ?? null,
  grounded: groundedOf(field),
  conflicts: listOf(field.conflicts).length,
});

function answersOf(task: string, prefix: string, template: Json): Reviewable[] {
  return listOf(template.chapters).flatMap((chapter) =>
    listOf(chapter.questions).map((one) => ({
      ...{ path: `${prefix}.${one.id}`, task, kind: "answer" as const, type: null },
      title: String(one.question),
      value: one.answer ?? null,
      ...{ grounded: groundedOf(one), conflicts: 0 },
    })),
  );
}

function claimsOf(task: string, result: Json): Reviewable[] {
  const claims = listOf(result.claims);
  const paths = claimPaths(task, claims);
  return claims.map((one, at) => ({
    ...{ path: paths[at] ?? "", task, kind: "claim" as const, type: null },
    title: String(one.claim),
    value: { claim: one.claim, status: one.status },
    ...{ grounded: groundedOf(one), conflicts: 0 },
  }));
}

function findingsOf(task: string, result: Json): Reviewable[] {
  const found = (slide: unknown, findings: readonly Json[]): Reviewable[] => {
    const paths = findingPaths(findingPlace(task, slide), findings);
    return findings.map((one, at) => ({
      ...{ path: paths[at] ?? "", task, kind: "finding" as const, type: null },
      title: String(one.what),
      value: { rule: one.rule, what: one.what },
      ...{ grounded: groundedOf(one), conflicts: 0 },
    }));
  };
  const bySlide = listOf(result.slides).flatMap((slide) =>
    found(slide.slide, listOf(slide.findings)),
  );
  return [...bySlide, ...found(null, listOf(result.deck))];
}

function groundedOf(said: Json): boolean | null {
  const evidence = listOf(said.evidence);
  return evidence.length === 0 ? null : evidence.every((one) => one.grounded === true);
}

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter(isJson) : [];
