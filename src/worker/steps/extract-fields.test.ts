import { expect, it } from "vitest";
import { slideOf } from "../../../test/support/slides.ts";
import { tinyEngine, tinyPack } from "../../../test/support/worker-parts.ts";
import type { PackField } from "../../contract/worker-protocol.ts";
import { extractFields } from "./extract-fields.ts";
import { fieldSchema } from "./field-schema.ts";

const field = (
  name: string,
  type: PackField["type"],
  more: Partial<PackField> = {},
): PackField => ({
  ...{ name, title: name, type, item: null, required: false, description: name, choices: [] },
  hints: {
    ...{ labels: {}, sections: [], patterns: [], near: [], yes: [], no: [], where: [] },
    prominent: null,
  },
  ...more,
});

const choices = ["trial", "cohort"].map((value) => ({ value, terms: [] }));
const fields = [
  field("day", "date"),
  field("sum", "money"),
  field("kind", "choice", { choices }),
  field("names", "list", { item: "person" }),
  field("count", "number"),
];
const slides = [slideOf(1, "A trial of 1 May 2026 cost EUR 20")];
const evidence = [{ slide: 1, quote: "1 May 2026" }];

async function answer(value: unknown) {
  const context = {
    engine: tinyEngine({ think: async () => value }),
    pack: {
      ...tinyPack,
      prompts: { ask: "{{deck}} {{fields}}" },
      fields: { name: "f", title: "f", fields },
    },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  };
  const { result } = await extractFields(context, slides);
  return Object.fromEntries(result.fields.map(({ name, ...rest }) => [name, rest]));
}

it("keeps what fits its type, in the pack's order, with quotes checked", async () => {
  const given = await answer({
    kind: { value: "trial", confidence: 2, evidence: [{ slide: 1, quote: "nowhere to be found" }] },
    day: { value: "2026-05-01", confidence: 0.9, evidence },
    sum: { value: { amount: 20, currency: "eur" }, confidence: 0.9, evidence },
    names: { value: ["Ann Bell"], confidence: 0.5, evidence: [] },
    count: { value: null, confidence: 0.9, evidence: [] },
  });
  expect(Object.keys(given)).toEqual(fields.map(({ name }) => name));
  expect(given).toMatchObject({
    day: { value: "2026-05-01", evidence: [{ grounded: true }] },
    sum: { value: { amount: 20, currency: "EUR" } },
    kind: { value: "trial", confidence: 1, evidence: [{ grounded: false }] },
    names: { value: ["Ann Bell"] },
    count: { value: null, confidence: 0, note: null },
  });
});

it("drops one value of another type and says so; the others stand", async () => {
  const given = await answer({
    day: { value: "in May", confidence: 0.9, evidence },
    kind: { value: "survey", confidence: 0.9, evidence },
    count: { value: 3, confidence: 0.9, evidence },
  });
  expect(given).toMatchObject({
    day: { value: null, confidence: 0, note: "The answer was not a date." },
    kind: { value: null },
    count: { value: 3 },
    names: { value: null, note: null },
  });
});

it("tells of other values only where they differ", async () => {
  const other = (value: number) => ({ value, evidence });
  const given = await answer({
    count: { value: 3, confidence: 0.9, evidence, conflicts: [other(3), other(4)] },
  });
  expect(given.count?.conflicts).toMatchObject([{ value: 4, evidence: [{ grounded: true }] }]);
});

it("refuses an answer that is no object, after asking twice", async () => {
  await expect(answer("no")).rejects.toMatchObject({ code: "MODEL_OUTPUT_INVALID" });
});

it("asks with a schema that bounds every text and list", () => {
  const bounded = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const {
      type,
      enum: fixed,
      maxLength,
      maxItems,
      additionalProperties,
    } = node as Record<string, unknown>;
    if (type === "string" && fixed === undefined) expect(maxLength).toBeLessThanOrEqual(1_900);
    if (type === "array") expect(maxItems).toBeLessThanOrEqual(1_900);
    if (type === "object") expect(additionalProperties).toBe(false);
    for (const inner of Object.values(node)) bounded(inner);
  };
  bounded(fieldSchema(fields));
});
