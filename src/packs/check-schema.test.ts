import { describe, expect, it } from "vitest";
import { checkSchema, schemaLanguage } from "./check-schema.ts";
import { Problems } from "./problems.ts";

it("knows nothing of one schema when it checks the next with the same language", () => {
  const language = schemaLanguage();
  const refusal = (properties: Record<string, unknown>): string => {
    const problems = new Problems();
    const schema = { $id: "https://example.org/one", type: "object", properties };
    checkSchema("one.json", { ...schema, additionalProperties: false }, problems, language);
    try {
      problems.throwIfAny();
      return "accepted";
    } catch (error) {
      return String((error as { detail: unknown }).detail);
    }
  };
  const named = { a: { $id: "https://example.org/part", type: "boolean" } };
  // The same ids again are no second owner of them.
  expect([refusal(named), refusal(named)]).toEqual(["accepted", "accepted"]);
  expect(refusal({ b: { $ref: "https://example.org/part" } })).toContain("can't resolve reference");
  expect(refusal({ c: { type: "objekt" } })).toContain("schema is invalid");
});

// biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
const thenIs = (schema: object): Record<string, unknown> => ({ then: schema });

/** Paths that are refused in a schema with these words beside its properties. */
function pathsRefused(words: Record<string, unknown>): string[] {
  const problems = new Problems();
  const properties = { kind: { enum: ["a", "b"] } };
  const schema = { type: "object", additionalProperties: false, properties, ...words };
  checkSchema("one.json", schema, problems);
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    const { detail } = error as { detail: string };
    return [...detail.matchAll(/one\.json: (\S+):/g)].map(([, path = ""]) => path);
  }
}

describe("a pattern that could take for ever", () => {
  const slow = { type: "string", maxLength: 9, pattern: "^(a+)+$" };
  const list = (words: Record<string, unknown>) => ({
    properties: { list: { type: "array", maxItems: 3, items: { enum: ["a"] }, ...words } },
  });

  it.each<[string, Record<string, unknown>]>([
    ["not.pattern", { not: slow }],
    ["if.properties.kind.pattern", { if: { properties: { kind: slow } }, ...thenIs({}) }],
    ["then.pattern", { if: {}, ...thenIs(slow), else: {} }],
    ["else.pattern", { if: {}, ...thenIs({}), else: slow }],
    ["propertyNames.pattern", { propertyNames: slow }],
    ["dependentSchemas.kind.pattern", { dependentSchemas: { kind: slow } }],
    ["unevaluatedProperties.pattern", { unevaluatedProperties: slow }],
    ["not.patternProperties", { not: { patternProperties: { "^(a+)+$": {} } } }],
    ["properties.list.contains.pattern", list({ contains: slow })],
    ["properties.list.unevaluatedItems.pattern", list({ unevaluatedItems: slow })],
    ["not.additionalProperties.pattern", { not: { additionalProperties: slow } }],
    ["properties.a.$ref", { default: slow, properties: { a: { $ref: "#/default" } } }],
    ["properties.a.$ref", { examples: [slow], properties: { a: { $ref: "#%2Fexamples/0" } } }],
  ])("is found at %s", (path, words) => {
    expect(pathsRefused(words)).toContain(path);
  });
});

it("takes conditions and references whose parts are bound", () => {
  const word = { type: "string", maxLength: 9, pattern: "^[a-z]+$" };
  const whenA = { properties: { kind: { const: "a" } }, required: ["kind"] };
  const properties = { kind: { enum: ["a", "b"] }, word: { $ref: "#/$defs/word" } };
  const same = { $ref: "#/properties/word" };
  expect(
    pathsRefused({
      ...{ $defs: { word }, properties: { ...properties, same }, propertyNames: word },
      ...{ if: whenA, ...thenIs({ required: ["word"] }), not: { required: ["same"] } },
    }),
  ).toEqual([]);
});
