import { z } from "zod";
import { fieldSetSchema } from "../../src/packs/fields.ts";
import { manifestSchema, templateSchema } from "../../src/packs/manifest.ts";
import { notes } from "./pack-format-notes.ts";

interface Node {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly default?: unknown;
}

/** Every key of a pack's files, from the schemas that check them. Throws when one has no note. */
export function packFormatPage(): string {
  const used = new Set<string>();
  const part = (title: string, schema: z.ZodType, prefix: string): string => {
    const root = z.toJSONSchema(schema, { io: "input" }) as Node;
    const rows = rowsOf(root, "").map(([path, kind, fallback]) => {
      const key = `${prefix}.${path}`;
      used.add(key);
      const note = notes[key];
      if (note === undefined) throw new Error(`scripts/docs/pack-format-notes.ts lacks ${key}`);
      return `| \`${path}\` | ${kind} | ${fallback} | ${note} |`;
    });
    return [`## ${title}`, "", "| key | kind | default | |", "|---|---|---|---|", ...rows].join(
      "\n",
    );
  };
  const parts = [
    part("pack.yaml", manifestSchema, "pack"),
    part("fields/NAME.yaml", fieldSetSchema, "fields"),
    part("templates/NAME.yaml", templateSchema, "template"),
  ];
  const stale = Object.keys(notes).filter((key) => !used.has(key));
  if (stale.length > 0) throw new Error(`notes of no key: ${stale.join(", ")}`);
  return `${[intro, ...parts, outro].join("\n\n")}\n`;
}

type Row = readonly [path: string, kind: string, fallback: string];

function rowsOf(node: Node, path: string): Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const isRequired = node.required?.includes(key) === true;
    const inner = child.items?.properties === undefined ? child : child.items;
    const below =
      inner.properties === undefined ? [] : rowsOf(inner, inner === child ? at : `${at}[]`);
    return [[at, kindOf(child), fallbackOf(child, isRequired)] as const, ...below];
  });
}

function kindOf(node: Node): string {
  if (node.anyOf !== undefined) {
    return [...new Set(node.anyOf.map((one) => kindOf(one)))].join(" or ");
  }
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((one) => `\`${String(one)}\``).join(", ");
  if (node.type === "array") return `list of ${kindOf(node.items ?? {})}`;
  if (node.type === "object" && typeof node.additionalProperties === "object") {
    return `${kindOf(node.additionalProperties)} by name`;
  }
  const words: Readonly<Record<string, string>> = { string: "text", object: "block", null: "null" };
  return words[node.type ?? ""] ?? node.type ?? "any";
}

function fallbackOf(node: Node, isRequired: boolean): string {
  if (isRequired && node.default === undefined) return "required";
  if (node.default === undefined) return "left out";
  return typeof node.default === "object" && node.default !== null && !Array.isArray(node.default)
    ? ""
    : `\`${JSON.stringify(node.default)}\``;
}

const intro = `# Format of a pack

Generated from \`src/packs/manifest.ts\` and \`src/packs/fields.ts\` by \`npx tsx scripts/generate-docs.ts\`.

A pack is a folder that declares a pipeline for one type of document. [Make a pack](../how-to/make-a-pack.md)
builds one step by step.

| file | what it is |
|---|---|
| \`pack.yaml\` | name, limits, models, and the tasks with what each needs |
| \`prompts/NAME.md\` | what a model is told; the built-in engine does not read it |
| \`schemas/NAME.json\` | JSON Schema (2020-12) of a model's answer; every part has a type, every text (at most 20,000 letters) and list (at most 1,900 items) has a bound. Those above 1,900 are held after the answer, not while it is written. A text with a pattern has at most 500 letters; patterns that could take for ever and \`patternProperties\` are refused |
| \`templates/NAME.yaml\` | questions with what a strong, an adequate and a weak document shows |
| \`fields/NAME.yaml\` | what the step \`extract_fields\` asks for |

A file is at most 256 kB. Unknown keys are refused, and all that is wrong is told at once, each with its place.

## Steps

A task names what is done by its \`step\`. The names of tasks are free, but for those of the slide steps, whose
results handoff, cache and page find by name, and for the six names of the pitch deck, which keep their steps.

| step | task's name | needs | result |
|---|---|---|---|
| \`see_slides\` | \`visual_analysis\` | prompt \`see_slide\`, schema \`slide_analysis\`, \`each: slide\` | text, kind and pictures of each page |
| \`review_slides\` | \`slide_feedback\` | prompt and schema \`slide_feedback\`, \`each: slide\` | findings on each page |
| \`extract_fields\` | any | one prompt, \`fields\` | each field with value, confidence, quotes, conflicts and note |
| \`answer_template\` | any | one prompt, one schema, \`template\` | each question with answer, score and quotes |
| \`analyse\` | any | \`topic\` (\`clinical\`, \`regulatory\` or \`science\`), one prompt, schema \`specialised\` | claims with the proof they lack |
| \`extract_and_score\` | any | prompts and schemas \`extractions\` and \`template_chapter\`, \`template\` | the five facts of a pitch deck, and its template |

All but the slide steps work on what was seen: \`needs_handoff: true\`, after a task with \`see_slides\`. A container
takes a task of \`extract_fields\` or \`answer_template\` only when it offers the feature \`step:\` with that name.

Prompts may hold \`{{slides}}\` (how many), \`{{slide}}\` (which one; slide steps), \`{{deck}}\` (required where the deck
is read), \`{{questions}}\` (required with a template) and \`{{fields}}\` (required with fields).`;

const outro = `## How the built-in engine finds a field

It takes the surest of what these give, and says so in the confidence. Nothing found is \`null\`, never a guess.

| hint | what is found | confidence |
|---|---|---|
| \`labels\` | the value behind the label in its line, in the next cell of its row, or below it; a label listed earlier wins | 0.7 to 0.9 |
| \`patterns\` | text of that form; with \`near\` only in a line that holds one of those words | 0.85 |
| \`sections\` | text below a heading of that title, or behind it in its line | 0.8 |
| \`prominent\` | the largest text of the first page, or what stands right below it | 0.7 |
| \`yes\`, \`no\` | a sentence with those words decides a boolean; \`no\` wins within it | 0.7, 0.75 |
| \`choices[].terms\` | the choice whose words stand there most often, the first page twice | 0.35 to 0.85 |
| \`near\` | a value of the field's type in a sentence that holds one of the words | 0.55 |

Lists of references are passed over. Two different values found equally surely under the same label are a conflict:
both are told, and the confidence falls to 0.6.`;
