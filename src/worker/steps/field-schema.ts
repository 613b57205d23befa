import { z } from "zod";
import { type FieldValue, isoDate } from "../../contract/results.ts";
import type { PackField } from "../../contract/worker-protocol.ts";
import type { JsonSchema } from "../engines/engine.ts";

const quotesMax = 4;
const conflictsMax = 3;
/** Model servers give up on grammars with longer repetitions. */
const textMax = 1_800;
const itemsMax = 60;

const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: "null" }] });

const evidence: JsonSchema = {
  type: "array",
  maxItems: quotesMax,
  items: object({
    slide: { type: "integer", minimum: 1 },
    quote: { type: "string", maxLength: 500 },
  }),
};

/**
 * What a model must answer for these fields: by name, evidence first, so that the value comes out of
 * the quotes and not the other way round.
 */
export function fieldSchema(fields: readonly PackField[]): JsonSchema {
  const answers = fields.map((field): [string, JsonSchema] => [
    field.name,
    object({
      evidence,
      value: orNull(valueSchema(field)),
      confidence: { type: "number", minimum: 0, maximum: 1 },
      conflicts: {
        type: "array",
        maxItems: conflictsMax,
        items: object({ evidence, value: valueSchema(field) }),
      },
      note: orNull({ type: "string", maxLength: 300 }),
    }),
  ]);
  return object(Object.fromEntries(answers));
}

function valueSchema({ type, item, choices }: PackField): JsonSchema {
  switch (type) {
    case "number":
      return { type: "number" };
    case "boolean":
      return { type: "boolean" };
    case "money":
      return object({ amount: { type: "number" }, currency: { type: "string", maxLength: 3 } });
    case "date":
      return { type: "string", maxLength: 10 };
    case "choice":
      return { type: "string", enum: choices.map(({ value }) => value) };
    case "list": {
      const of = item === "number" ? { type: "number" } : { type: "string", maxLength: 300 };
      return { type: "array", maxItems: itemsMax, items: of };
    }
    case "text":
    case "person":
      return { type: "string", maxLength: textMax };
  }
}

/** What counts as a value of a field. */
export function fieldValueOf({ type, item, choices }: PackField): z.ZodType<FieldValue> {
  switch (type) {
    case "number":
      return z.number();
    case "boolean":
      return z.boolean();
    case "money":
      return z.object({
        amount: z.number(),
        currency: z
          .string()
          .toUpperCase()
          .regex(/^[A-Z]{3}$/),
      });
    case "date":
      return z.string().regex(isoDate);
    case "choice":
      return z.enum(choices.map(({ value }) => value));
    case "list":
      return z.array(item === "number" ? z.number() : filled).min(1);
    case "text":
    case "person":
      return filled;
  }
}

const filled = z.string().trim().min(1).max(20_000);
