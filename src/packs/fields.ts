import { z } from "zod";
import type { PackFieldSet } from "./pack.ts";
import type { Problems } from "./problems.ts";

/** Types of a value; `list` holds values of its item's type. */
export const fieldTypes = [
  "text",
  "number",
  "money",
  "date",
  "boolean",
  "choice",
  "person",
  "list",
] as const;
const itemTypes = ["text", "number", "person"] as const;

/** Kinds of text that can be told by their form alone. */
const patternNames = [
  "email",
  "url",
  "doi",
  "orcid",
  "clinical_trial",
  "pmid",
  "arxiv",
  "isbn",
  "iban",
  "vat_id",
  "phone",
  "percent",
  "sample_size",
] as const;
export type PatternName = (typeof patternNames)[number];

/** Parts of a document. */
const placeNames = ["cover", "last"] as const;

const words = z.array(z.string().trim().min(1).max(120)).max(60);
const line = z.string().trim().min(1);

const hints = z.strictObject({
  /** Words before, beside or above the value, by language. */
  labels: z
    .record(z.string().regex(/^[a-z]{2}$/, "must be a language, such as en"), words)
    .default({}),
  /** Titles of sections whose text is the value. */
  sections: words.default([]),
  /** Named kinds of text. */
  patterns: z.array(z.enum(patternNames)).max(8).default([]),
  /** Words that stand in the same sentence as the value. */
  near: words.default([]),
  /** Of a boolean: words that say yes. */
  yes: words.default([]),
  /** Of a boolean: words that say no; they beat those that say yes. */
  no: words.default([]),
  /** Where to look first of all; empty: everywhere. */
  where: z.array(z.enum(placeNames)).max(2).default([]),
  /** By its looks on the first page: the largest text, or what stands right below it. */
  prominent: z.enum(["largest", "below_largest"]).nullable().default(null),
});
const noHints = {
  ...{ labels: {}, sections: [], patterns: [], near: [] },
  ...{ yes: [], no: [], where: [], prominent: null },
};

const field = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "must be lower case letters, digits and _"),
    title: line.max(80),
    type: z.enum(fieldTypes),
    /** Of a list: what it holds. */
    item: z.enum(itemTypes).nullable().default(null),
    /** A document without it is worth a remark. */
    required: z.boolean().default(false),
    /** What is meant, for models and for readers. */
    description: line.max(800),
    /** Of a choice: its values, each with words that speak for it. */
    choices: z
      .array(z.strictObject({ value: line.max(80), terms: words.default([]) }))
      .max(40)
      .default([]),
    /** For the engine that is built in; without any it cannot answer. */
    hints: hints.default(noHints),
  })
  .superRefine((given, problems) => {
    const say = (path: string, message: string): void =>
      problems.addIssue({ code: "custom", path: [path], message });
    if (given.type === "list" && given.item === null) say("item", "a list says what it holds");
    if (given.type !== "list" && given.item !== null) say("item", `a ${given.type} has none`);
    if (given.type === "choice" && given.choices.length < 2) say("choices", "takes two or more");
    if (given.type !== "choice" && given.choices.length > 0) {
      say("choices", `a ${given.type} has none`);
    }
    const values = given.choices.map(({ value }) => value);
    if (new Set(values).size < values.length) say("choices", "a value stands there twice");
    if (given.type !== "boolean" && given.hints.yes.length + given.hints.no.length > 0) {
      say("hints", "yes and no are for a boolean");
    }
  });

/** `fields/*.yaml`: what a document is asked for. */
export const fieldSetSchema = z.strictObject({
  name: z.string(),
  title: line.max(120),
  fields: z.array(field).min(1).max(60),
});
export type FieldSetData = z.infer<typeof fieldSetSchema>;

/** Checks what goes beyond one field. */
export function checkFields(
  file: string,
  name: string,
  set: PackFieldSet,
  problems: Problems,
): void {
  if (set.name !== name) problems.add(file, "name", `must be ${name}, as the file is called`);
  const names = set.fields.map((one) => one.name);
  for (const twice of new Set(names.filter((one, index) => names.indexOf(one) < index))) {
    problems.add(file, twice, "this field stands there twice");
  }
}
