import type { JsonSchema } from "../engine.ts";

/**
 * A bound at which the model server's grammar gives up: it writes a bound out as that many rules and
 * refuses 2,000; array bounds cost a few rules more.
 */
const boundMax = 1_900;

const bounds = new Set(["maxLength", "minLength", "maxItems", "minItems"]);
const names = new Set(["$schema", "$id", "id", "title", "description"]);

/**
 * The schema as `format` takes it: bounds too large for the grammar are dropped, never lowered, since
 * a lowered bound would cut an answer in silence; the output limit still ends a runaway, loudly.
 */
export function grammarSchema(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !isTooLarge(key, value) && !(names.has(key) && isText(value)))
      .map(([key, value]) => [key, key === "properties" ? eachProperty(value) : inner(value)]),
  );
}

const isText = (value: unknown): boolean => typeof value === "string";

const isTooLarge = (key: string, value: unknown): boolean =>
  bounds.has(key) && typeof value === "number" && value > boundMax;

/** Under `properties` the keys are the document's words, not the schema language's. */
const eachProperty = (value: unknown): unknown =>
  isSchema(value)
    ? Object.fromEntries(Object.entries(value).map(([key, schema]) => [key, inner(schema)]))
    : value;

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  return isSchema(value) ? grammarSchema(value) : value;
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
