import type { JsonSchema } from "../engine.ts";

/** What follows a prompt where its schema cannot be sent apart from it. */
export const schemaInWords = (schema: JsonSchema): string =>
  `\n\nAnswer with one JSON object of this JSON Schema, and nothing else:\n${JSON.stringify(schema)}`;
