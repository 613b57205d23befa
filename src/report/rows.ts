import type { DocumentResults } from "../contract/documents.ts";
import type {
  Evidence,
  FieldResult,
  Finding,
  SpecializedAnalysis,
  TemplateAnalysis,
} from "../contract/results.ts";
import type { ReviewView } from "../contract/reviews.ts";
import { claimPaths, findingPaths, findingPlace } from "../core/review/paths.ts";
import { extractionTitles } from "../core/review/reviewable.ts";
import { genericResults } from "./generic.ts";
import { readWords } from "./review-words.ts";
import { specialised } from "./words.ts";

/** One thing that was found, with what was said of it. Words are single lines. */
export interface ReportRow {
  readonly kind: "field" | "answer" | "claim" | "finding";
  readonly task: string;
  readonly path: string;
  /** Of a finding on one slide. */
  readonly slide: number | null;
  readonly name: string;
  /** As it was read. */
  readonly read: unknown;
  /** What counts: the correction where there is one. */
  readonly value: unknown;
  readonly confidence: number | null;
  /** Severity of a finding, status of a claim, score of an answer. */
  readonly grade: string | null;
  readonly why: string;
  /** What would mend or prove it. */
  readonly fix: string;
  readonly evidence: readonly Evidence[];
  /** Other values that the document states. */
  readonly conflicts: readonly {
    readonly value: unknown;
    readonly evidence: readonly Evidence[];
  }[];
  readonly review: ReviewView | null;
}

type Read = Omit<ReportRow, "value" | "review">;

/** Everything that can be reviewed, in the order of the results, reviews applied. */
export function rowsOf({ results, reviews = [] }: DocumentResults): ReportRow[] {
  const main = results.extractions_and_template;
  const rows: Read[] = [
    ...(main === undefined ? [] : extractionRows(main.extractions)),
    ...(main === undefined
      ? []
      : answerRows("extractions_and_template", "template", main.template)),
    ...specialised.flatMap(({ task }) => {
      const analysis = results[task];
      return analysis === undefined ? [] : claimRows(task, analysis);
    }),
    ...genericResults(results).flatMap((one) => {
      if (one.kind === "fields") return one.result.fields.map((field) => fieldRow(one.task, field));
      if (one.kind === "template") return answerRows(one.task, one.task, one.result);
      return claimRows(one.task, one.result);
    }),
    ...findingRows(null, results.slide_feedback?.deck ?? []),
    ...(results.slide_feedback?.slides ?? []).flatMap(({ slide, findings }) =>
      findingRows(slide, findings),
    ),
  ];
  return rows.map((row) => {
    const review = reviews.find(({ path }) => path === row.path) ?? null;
    return { ...row, review, value: review?.verdict === "corrected" ? review.reviewed : row.read };
  });
}

type Main = NonNullable<DocumentResults["results"]["extractions_and_template"]>;

const extractionRows = (extractions: Main["extractions"]): Read[] =>
  Object.entries(extractionTitles).flatMap(([name, title]) => {
    const field = extractions[name as keyof Main["extractions"]];
    if (field === undefined) return [];
    return [
      {
        ...{ kind: "field", task: "extractions_and_template", slide: null, grade: null, fix: "" },
        ...{ path: `extractions.${name}`, name: title, read: field.value, why: field.note ?? "" },
        ...{ confidence: field.confidence, evidence: field.evidence, conflicts: field.conflicts },
      } as const,
    ];
  });

const fieldRow = (task: string, field: FieldResult): Read => ({
  ...{ kind: "field", task, slide: null, grade: null, fix: "", why: field.note ?? "" },
  ...{ path: `${task}.${field.name}`, name: field.title, read: field.value },
  ...{ confidence: field.confidence, evidence: field.evidence, conflicts: field.conflicts },
});

const answerRows = (task: string, prefix: string, { chapters }: TemplateAnalysis): Read[] =>
  chapters.flatMap(({ questions }) =>
    questions.map((one) => ({
      ...{ kind: "answer" as const, task, slide: null, confidence: null, conflicts: [] },
      ...{ path: `${prefix}.${one.id}`, name: one.question, read: one.answer },
      grade: one.score === null ? "does not apply" : `${one.score} of 5`,
      ...{ why: one.reason, fix: one.missing ?? "", evidence: one.evidence },
    })),
  );

function claimRows(task: string, { claims }: SpecializedAnalysis): Read[] {
  const paths = claimPaths(task, claims);
  return claims.map((one, at) => ({
    ...{ kind: "claim", task, slide: null, confidence: null, conflicts: [] },
    ...{ path: paths[at] ?? "", name: one.claim, read: one.claim },
    grade: one.status.replace("_", " "),
    why: one.issues.map(({ what }) => what).join(" "),
    fix: [...one.missing, ...one.issues.map(({ fix }) => fix)].filter((part) => part).join("; "),
    evidence: one.evidence,
  }));
}

function findingRows(slide: number | null, findings: readonly Finding[]): Read[] {
  const task = "slide_feedback";
  const paths = findingPaths(findingPlace(task, slide), findings);
  return findings.map((one, at) => ({
    ...{ kind: "finding", task, slide, confidence: null, conflicts: [] },
    ...{ path: paths[at] ?? "", name: one.rule, read: one.what, grade: one.severity },
    ...{ why: one.why, fix: one.fix, evidence: one.evidence },
  }));
}

/** Slides that a row stands on. */
export const slidesOfRow = ({ evidence, slide }: ReportRow): readonly number[] =>
  [...new Set([...(slide === null ? [] : [slide]), ...evidence.map((one) => one.slide)])].sort(
    (a, b) => a - b,
  );

/** A number with what it counts, where a value is one; else its words. */
export function amountOf(value: unknown): { amount: string; unit: string } {
  if (typeof value === "number") return { amount: String(value), unit: "" };
  if (typeof value !== "object" || value === null || !("amount" in value)) {
    return { amount: "", unit: "" };
  }
  const { amount } = value;
  const unit = "currency" in value ? String(value.currency) : "";
  return { amount: Array.isArray(amount) ? amount.join(" to ") : String(amount), unit };
}

/** As people read it; "not stated" where it is not. */
export const valueText = (value: unknown): string => readWords(value);

/** `conflict`, `not found`, `read`, or what a person said of it. */
export function statusOf({ kind, read, conflicts, review }: ReportRow): string {
  if (review !== null) return review.stale ? `${review.verdict}, stale` : review.verdict;
  if (kind === "finding" || kind === "claim") return "";
  if (conflicts.length > 0) return "conflict";
  return read === null ? "not found" : "read";
}
