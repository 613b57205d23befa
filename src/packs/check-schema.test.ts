import { expect, it } from "vitest";
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
