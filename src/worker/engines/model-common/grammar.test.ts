import { describe, expect, it } from "vitest";
import { grammarSchema } from "./grammar.ts";

describe("a schema for the grammar", () => {
  it("loses the bounds the server cannot build, and only those", () => {
    const schema = {
      type: "object",
      properties: {
        text: { type: "string", maxLength: 2_000 },
        title: { type: "string", maxLength: 200 },
        blocks: {
          type: "array",
          maxItems: 3_000,
          items: { anyOf: [{ type: "string", maxLength: 1_999 }] },
        },
      },
      required: ["text"],
    };
    expect(grammarSchema(schema)).toEqual({
      type: "object",
      properties: {
        text: { type: "string" },
        title: { type: "string", maxLength: 200 },
        blocks: { type: "array", items: { anyOf: [{ type: "string" }] } },
      },
      required: ["text"],
    });
  });

  it("keeps fields that are called like words of the schema language", () => {
    const schema = {
      properties: {
        id: { type: "string" },
        maxLength: { type: "integer" },
        title: { type: "null" },
      },
    };
    expect(grammarSchema(schema)).toEqual(schema);
  });

  it("leaves out what only people read", () => {
    expect(grammarSchema({ $schema: "x", title: "Answer", type: "object" })).toEqual({
      type: "object",
    });
  });
});
