import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtInPacksDir } from "../../src/packs/read-pack.ts";

type Json = Record<string, unknown>;

const object = (properties: Record<string, Json>): Json => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
const one = (...values: unknown[]): Json => ({ enum: values });
const list = (items: Json): Json => ({ type: "array", minItems: 1, maxItems: 1, items });
const words = (maxLength: number): Json => ({ type: "string", maxLength });

export interface ToyAnswers {
  /** What the schema leaves the model to say. */
  readonly name: string;
  readonly quote: string;
}

/**
 * The built-in pack with one question, short prompts and schemas so narrow that a model of nonsense answers rightly, or
 * wrongly where they say so: what is measured then is the way there and back.
 */
export async function writeToyPack(folder: string, { name, quote }: ToyAnswers): Promise<void> {
  await cp(join(builtInPacksDir(), "pitch-deck"), folder, { recursive: true });
  const evidence = list(object({ slide: one(1), quote: one(quote) }));
  const field = (value: Json): Json =>
    object({ evidence, value, confidence: one(0.9), note: { type: "null" } });
  const schemas: Record<string, Json> = {
    extractions: object({
      startup_name: field(one(name)),
      company_offering: field(words(20)),
      healthcare: field(object({ is_healthcare: one(true), sector: { type: "null" } })),
      funding_amount: field({ type: "null" }),
      deck_date: field({ type: "null" }),
    }),
    template_chapter: object({
      questions: list(
        object({
          ...{ id: one("P1"), evidence, answer: words(20), score: one(1, 2, 3) },
          ...{ reason: words(20), missing: { type: "null" } },
        }),
      ),
    }),
    specialised: object({
      ...{ applicable: one(true), reason: { type: "null" } },
      claims: list(
        object({
          ...{ evidence, claim: words(20), kind: one("study"), status: one("stated") },
          missing: { type: "array", maxItems: 0, items: words(5) },
        }),
      ),
      missing: { type: "array", maxItems: 0, items: words(5) },
      ...{ summary: words(20), score: one(1, 2) },
    }),
  };
  for (const [file, schema] of Object.entries(schemas)) {
    await writeFile(join(folder, `schemas/${file}.json`), JSON.stringify(schema));
  }
  // On a processor it reads some seventy tokens a second, so it is given few.
  for (const prompt of ["extractions", "template_chapter", "clinical", "regulatory", "science"]) {
    const questions = prompt === "template_chapter" ? "{{questions}}\n" : "";
    await writeFile(join(folder, `prompts/${prompt}.md`), `Read.\n{{deck}}\n${questions}Answer.\n`);
  }
  const manifest = await readFile(join(folder, "pack.yaml"), "utf8");
  const plain = manifest.replace(/ {4}# Each adds[^\n]*\n {4}templates:\n(?: {6}- .*\n)+/, "");
  await writeFile(join(folder, "pack.yaml"), plain);
  const general = await readFile(join(folder, "templates/general.yaml"), "utf8");
  const [head = "", first = ""] = general.split(/(?= {2}- id: \w+\n {4}title:)/);
  const [chapter = "", question = ""] = first.split(/(?= {6}- id: )/);
  await writeFile(join(folder, "templates/general.yaml"), `${head}${chapter}${question}`);
}
