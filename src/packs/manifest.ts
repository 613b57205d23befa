import { z } from "zod";
import { modelEngines, poolNames } from "./pack.ts";

/** A name is a file name and a key at once: no dots or slashes, so it cannot leave its folder. */
const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    "must be lower case letters, digits and _, starting with a letter",
  );

const seconds = z.number().positive().max(86_400);
const names = z.array(name).max(63);

const task = z.strictObject({
  name,
  /** What is done; without it the one that goes with the task's name. */
  step: z.string().nullable().default(null),
  /** Of the step `analyse`. */
  topic: z.string().nullable().default(null),
  layer: z.int().min(1).max(63),
  /** Required, null included: a forgotten line must not make a task start first. */
  after: z.union([z.null(), name, z.array(name).min(1).max(63)]),
  weight: z.number().positive().max(100),
  pool: z.enum(poolNames),
  features: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9:._-]{0,63}$/))
    .max(16)
    .default([]),
  each: z.literal("slide").nullable().default(null),
  timeout_seconds: seconds,
  stall_seconds: seconds,
  attempts: z.int().min(1).max(20).default(3),
  attempts_lost: z.int().min(1).max(50).default(5),
  backoff_seconds: seconds.default(2),
  needs_handoff: z.boolean().default(false),
  upstream: names.default([]),
  prompts: names,
  schemas: names,
  template: name.nullable().default(null),
  fields: name.nullable().default(null),
  /** Templates for special cases; the first whose `for` agrees with what was extracted is used. */
  templates: names.default([]),
});

const tokens = z.int().min(256).max(100_000_000);

const candidate = z.strictObject({
  engine: z.enum(modelEngines),
  name: z.string().trim().min(1).max(200),
  quantisation: z.string().trim().min(1).max(40).nullable().default(null),
  vram_gib: z.number().positive().max(10_000).nullable().default(null),
  context_tokens: tokens.nullable().default(null),
});

const stageModels = z
  .strictObject({
    needs: z.strictObject({
      vision: z.boolean().default(false),
      context_tokens: tokens.default(4_096),
    }),
    candidates: z.array(candidate).max(30),
  })
  .superRefine(({ needs, candidates }, problems) => {
    for (const [index, one] of candidates.entries()) {
      if (one.context_tokens === null || one.context_tokens >= needs.context_tokens) continue;
      const message = `is below the ${needs.context_tokens} that the stage needs`;
      problems.addIssue({ code: "custom", path: ["candidates", index, "context_tokens"], message });
    }
  });

/** `pack.yaml`. Unknown keys are refused: a misspelt limit must not pass for the default. */
export const manifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be lower case letters, digits and -"),
  version: z.int().min(1).max(1_000_000),
  title: z.string().min(1).max(120),
  limits: z.strictObject({ slides_max: z.int().min(1).max(10_000) }),
  models: z.strictObject({ vision: stageModels.optional(), text: stageModels.optional() }),
  /** The state of a pipeline is a set of bits in one 64-bit word, hence 63. */
  tasks: z.array(task).min(1).max(63, "a pack has at most 63 tasks"),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestTask = Manifest["tasks"][number];
export type ManifestStage = NonNullable<Manifest["models"]["vision"]>;

const line = z.string().trim().min(1).max(600);
const id = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/);

const question = z.strictObject({
  id,
  question: line,
  strong: line,
  adequate: line,
  weak: line,
  hints: z.array(z.string().trim().min(1).max(80)).min(1).max(80),
  slides: z.array(name).max(20),
});

const chapter = z.strictObject({
  id,
  title: z.string().trim().min(1).max(120),
  weight: z.number().positive().max(100),
  questions: z.array(question).min(1).max(20),
});

/** `templates/*.yaml`. */
export const templateSchema = z.strictObject({
  name,
  title: z.string().trim().min(1).max(120),
  /** Extracted facts by name, all of which have to agree: `{ sector: telemedicine }`. */
  for: z.record(name, name).nullable().default(null),
  /** The template whose chapters these add to: the same id adds questions and sets the weight. */
  extends: name.nullable().default(null),
  chapters: z.array(chapter).min(1).max(20),
});
