import type { ManifestTask } from "./manifest.ts";
import { type Problems, suggestion } from "./problems.ts";

/** What a task can be made to do. A pack picks; it cannot bring a step of its own. */
const stepNames = [
  "see_slides",
  "review_slides",
  "extract_and_score",
  "analyse",
  "extract_fields",
  "answer_template",
] as const;
export type StepName = (typeof stepNames)[number];

/** What the step `analyse` is about. */
export const topicNames = ["clinical", "regulatory", "science"] as const;
export type TopicName = (typeof topicNames)[number];

interface StepRule {
  /** `slides`: looks at pages one by one. `results`: answers over what was seen. */
  readonly works: "slides" | "results";
  /** Prompts by their names; `one`: a single one, called as the pack likes. */
  readonly prompts: readonly string[] | "one";
  readonly schemas: readonly string[] | "one";
  readonly reads: "template" | "fields" | null;
}

const rules: Readonly<Record<StepName, StepRule>> = {
  see_slides: {
    works: "slides",
    prompts: ["see_slide"],
    schemas: ["slide_analysis"],
    reads: null,
  },
  review_slides: {
    works: "slides",
    prompts: ["slide_feedback"],
    schemas: ["slide_feedback"],
    reads: null,
  },
  extract_and_score: {
    works: "results",
    prompts: ["extractions", "template_chapter"],
    schemas: ["extractions", "template_chapter"],
    reads: "template",
  },
  analyse: { works: "results", prompts: "one", schemas: ["specialised"], reads: null },
  extract_fields: { works: "results", prompts: "one", schemas: [], reads: "fields" },
  answer_template: { works: "results", prompts: "one", schemas: "one", reads: "template" },
};

/**
 * Names with a shape of their own: the handoff, the cache, the page and the API find results by them.
 * A slide step has only its one name; the others may stand under any other name as well.
 */
const nameOwners: Readonly<Record<string, { step: StepName; topic: TopicName | null }>> = {
  visual_analysis: { step: "see_slides", topic: null },
  slide_feedback: { step: "review_slides", topic: null },
  extractions_and_template: { step: "extract_and_score", topic: null },
  specialized_clinical: { step: "analyse", topic: "clinical" },
  specialized_regulatory: { step: "analyse", topic: "regulatory" },
  specialized_science: { step: "analyse", topic: "science" },
};

/** The step of a task, said or meant by its name; undefined: neither. */
export function stepOf(task: {
  readonly name: string;
  readonly step?: string | null | undefined;
}): StepName | undefined {
  const said = task.step ?? nameOwners[task.name]?.step;
  return stepNames.find((name) => name === said);
}

export function topicOf(task: {
  readonly name: string;
  readonly topic?: string | null | undefined;
}): TopicName | null {
  return topicNames.find((name) => name === task.topic) ?? nameOwners[task.name]?.topic ?? null;
}

/** Steps that containers of the first release do not know: whoever serves such a task says that it can. */
const sinceFirst: readonly StepName[] = ["extract_fields", "answer_template"];
export const stepFeatures: readonly string[] = sinceFirst.map((step) => `step:${step}`);

export const featuresOfStep = (step: StepName | undefined): readonly string[] =>
  step !== undefined && sinceFirst.includes(step) ? [`step:${step}`] : [];

/** Checks that each task has what its step works with, and is called as its results are. */
export function checkSteps(tasks: readonly ManifestTask[], problems: Problems): void {
  for (const [index, task] of tasks.entries()) {
    const at = `tasks[${index}]`;
    const step = stepOf(task);
    if (step === undefined) {
      const hint = suggestion(task.step ?? task.name, stepNames);
      problems.add("pack.yaml", `${at}.step`, `must be one of ${stepNames.join(", ")}${hint}`);
      continue;
    }
    checkName(task, step, at, problems);
    checkParts(task, step, at, problems);
  }
}

function checkName(task: ManifestTask, step: StepName, at: string, problems: Problems): void {
  const owner = nameOwners[task.name];
  if (owner !== undefined && owner.step !== step) {
    problems.add("pack.yaml", `${at}.step`, `${task.name} is the name of ${owner.step}`);
  }
  if (owner !== undefined && task.topic !== null && task.topic !== owner.topic) {
    problems.add("pack.yaml", `${at}.topic`, `${task.name} has the topic ${owner.topic}`);
  }
  const own = Object.entries(nameOwners).find(([, other]) => other.step === step)?.[0];
  if (rules[step].works === "slides" && task.name !== own) {
    problems.add("pack.yaml", `${at}.name`, `must be ${own}, where results of ${step} are found`);
  }
  const topic = topicOf(task);
  if (step === "analyse" && topic === null) {
    problems.add("pack.yaml", `${at}.topic`, `must be one of ${topicNames.join(", ")}`);
  }
  if (step !== "analyse" && task.topic !== null) {
    problems.add("pack.yaml", `${at}.topic`, `${step} has none`);
  }
}

function checkParts(task: ManifestTask, step: StepName, at: string, problems: Problems): void {
  const { works, reads } = rules[step];
  for (const part of ["prompts", "schemas"] as const) {
    const wanted = rules[step][part];
    const has = task[part];
    if (wanted === "one") {
      if (has.length !== 1) problems.add("pack.yaml", `${at}.${part}`, `${step} takes exactly one`);
      continue;
    }
    for (const name of wanted.filter((one) => !has.includes(one))) {
      problems.add("pack.yaml", `${at}.${part}`, `${step} needs ${name}`);
    }
  }
  if ((task.each === "slide") !== (works === "slides")) {
    const should = works === "slides" ? "slide" : "null";
    problems.add("pack.yaml", `${at}.each`, `must be ${should} for ${step}`);
  }
  if (works === "results" && !task.needs_handoff) {
    problems.add(
      "pack.yaml",
      `${at}.needs_handoff`,
      `must be true: ${step} works on what was seen`,
    );
  }
  for (const key of ["template", "fields"] as const) {
    if (reads === key && task[key] === null) {
      problems.add("pack.yaml", `${at}.${key}`, `is missing: ${step} answers it`);
    }
    if (reads !== key && task[key] !== null) {
      problems.add("pack.yaml", `${at}.${key}`, `${step} does not read it`);
    }
  }
}
