import type { JsonSchema, ThinkRequest } from "../engine.ts";

/**
 * One answer out of the answers to parts of a deck. Models may answer anything, so everything here
 * is looked at before it is used; what does not have the asked shape is left for the step to refuse.
 */
export function mergeAnswers(
  ask: ThinkRequest["ask"],
  answers: readonly unknown[],
  schema: JsonSchema,
): unknown {
  if (answers.length === 1) return answers[0];
  const objects = answers.filter(isObject);
  // A part without an answer would be a part silently left out.
  if (objects.length < answers.length) return null;
  if (ask.kind === "extractions" || ask.kind === "fields") return mergeExtractions(objects);
  if (ask.kind === "template") {
    const order = ask.chapter.questions.map((question) => question.id);
    return mergeTemplate(objects, order);
  }
  return mergeSpecialised(objects, schema);
}

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (object: JsonObject, key: string): unknown[] => {
  const value = object[key];
  return Array.isArray(value) ? value : [];
};

const numberOf = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? value : -1;

/** The first of the highest: between equals the earlier slides win. */
function best<T>(items: readonly T[], rank: (item: T) => number): T | undefined {
  let found: T | undefined;
  for (const item of items) if (found === undefined || rank(item) > rank(found)) found = item;
  return found;
}

/** Field by field the most confident; "not stated" in one part never beats a value in another. */
function mergeExtractions(answers: readonly JsonObject[]): JsonObject {
  const fields = new Set(answers.flatMap((answer) => Object.keys(answer)));
  return Object.fromEntries(
    [...fields].map((field) => {
      const given = answers.map((answer) => answer[field]).filter((value) => value !== undefined);
      return [field, best(given, confidenceOf)];
    }),
  );
}

function confidenceOf(field: unknown): number {
  if (!isObject(field)) return -1;
  const stated = field.value !== null && field.value !== undefined;
  return numberOf(field.confidence) + (stated ? 2 : 0);
}

/** Question by question the best score, in the order of the chapter. */
function mergeTemplate(answers: readonly JsonObject[], order: readonly string[]): JsonObject {
  const given = answers.flatMap((answer) => listOf(answer, "questions")).filter(isObject);
  const known = [...order, ...given.map((answer) => answer.id)];
  const questions = [...new Set(known)]
    .map((id) =>
      best(
        given.filter((answer) => answer.id === id),
        scoreOf,
      ),
    )
    .filter((answer) => answer !== undefined);
  return { ...answers[0], questions };
}

/** Between equal scores, an answer beats silence. */
const scoreOf = (answer: JsonObject): number =>
  numberOf(answer.score) + (answer.answer !== null && answer.answer !== undefined ? 0.5 : 0);

/** Claims and gaps of all parts that apply, each once, up to the limits of the schema. */
function mergeSpecialised(answers: readonly JsonObject[], schema: JsonSchema): JsonObject {
  const applying = answers.filter((answer) => answer.applicable !== false);
  const main = best(applying, (answer) => listOf(answer, "claims").length) ?? answers[0];
  const parts = applying.length === 0 ? answers : applying;
  const claims = unique(
    parts.flatMap((answer) => listOf(answer, "claims")),
    "claim",
  );
  const missing = unique(
    parts.flatMap((answer) => listOf(answer, "missing")),
    "what",
  );
  return {
    ...main,
    score: best(
      parts.map((answer) => answer.score),
      numberOf,
    ),
    claims: claims.slice(0, itemsMax(schema, "claims")),
    missing: missing.slice(0, itemsMax(schema, "missing")),
  };
}

/** Drops repetitions of the same words; what has no such words is kept for the step to judge. */
function unique(items: readonly unknown[], key: string): unknown[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const text = isObject(item) ? item[key] : undefined;
    if (typeof text !== "string") return true;
    const words = text.toLowerCase().replace(/\s+/g, " ").trim();
    if (seen.has(words)) return false;
    seen.add(words);
    return true;
  });
}

const itemsMaxDefault = 60;

function itemsMax(schema: JsonSchema, key: string): number {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const list = properties[key];
  const limit = isObject(list) ? list.maxItems : undefined;
  return typeof limit === "number" ? limit : itemsMaxDefault;
}
