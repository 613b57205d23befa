import {
  type FieldResult,
  type FieldsResult,
  fieldsResult,
  type SlideAnalysis,
} from "../../contract/results.ts";
import type { PackField } from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import { fieldSchema, fieldValueOf } from "./field-schema.ts";
import { withGrounding } from "./grounded.ts";
import {
  askFor,
  asList,
  asRecord,
  onlyNameOf,
  promptOf,
  type StepContext,
  type StepResult,
  wholeResult,
} from "./step.ts";

/** What a pack asks for, field by field, in one question. */
export async function extractFields(
  context: StepContext,
  slides: readonly SlideAnalysis[],
): Promise<StepResult<FieldsResult>> {
  const { engine, pack, signal } = context;
  const fields = pack.fields?.fields;
  if (fields === undefined) throw new AppError("PACK_INVALID", "The task has no fields.");
  context.onProgress({ fraction: 0, done: 0, total: fields.length });
  const schema = fieldSchema(fields);
  const slots = { slides: String(slides.length), fields: fieldsText(fields) };
  const result = await askFor(context, {
    prompt: promptOf(pack, onlyNameOf(pack.prompts), slots),
    schema: fieldsResult,
    complete: (value) => completeFields(withGrounding(value, slides), fields),
    ask: (prompt) =>
      engine.think({ ask: { kind: "fields", fields }, slides, prompt, schema }, signal),
  });
  context.onProgress({ fraction: 1, done: fields.length, total: fields.length });
  return wholeResult(result);
}

/** As a model reads it: a line a field. */
function fieldsText(fields: readonly PackField[]): string {
  const lines = fields.map(({ name, title, type, item, description, choices }) => {
    const kind = type === "list" ? `list of ${item ?? "text"}` : type;
    const values = choices.map(({ value }) => `"${value}"`).join(", ");
    const oneOf = values === "" ? "" : ` One of ${values}.`;
    return `- "${name}" (${kind}), ${title}: ${description}${oneOf}`;
  });
  return lines.join("\n");
}

/** One answer a field, in the pack's order; an answer that is no object stays out and is asked again. */
function completeFields(value: unknown, fields: readonly PackField[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const answers = asRecord(value);
  return { fields: fields.map((field) => completeField(field, asRecord(answers[field.name]))) };
}

function completeField(field: PackField, answer: Record<string, unknown>): FieldResult {
  const { name, title, type, required } = field;
  const value = fitting(field, answer.value);
  const evidence = asList(answer.evidence) as FieldResult["evidence"];
  const misfit = value === null && answer.value !== null && answer.value !== undefined;
  const note = typeof answer.note === "string" && answer.note !== "" ? answer.note : null;
  return {
    ...{ name, title, type, required, value, evidence },
    confidence: value === null ? 0 : confidenceOf(answer.confidence),
    conflicts: asList(answer.conflicts).flatMap((item) => {
      const other = asRecord(item);
      const fits = fitting(field, other.value);
      const quotes = asList(other.evidence) as FieldResult["evidence"];
      return fits === null || same(fits, value) ? [] : [{ value: fits, evidence: quotes }];
    }),
    note: misfit ? `The answer was not a ${type}.` : note,
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const confidenceOf = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0.5;

/** The value when it is one of this field, else null: one bad answer must not cost the others. */
function fitting(field: PackField, value: unknown): FieldResult["value"] {
  if (value === null || value === undefined) return null;
  const parsed = fieldValueOf(field).safeParse(value);
  return parsed.success ? parsed.data : null;
}
