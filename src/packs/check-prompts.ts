import type { ManifestTask } from "./manifest.ts";
import { type Problems, suggestion } from "./problems.ts";

/**
 * What a prompt may leave open. `{{slide}}`: number of the slide asked about; `{{slides}}`: how many
 * there are; `{{deck}}`: every slide's words; `{{questions}}`: the questions of one chapter;
 * `{{fields}}`: what is asked for, field by field.
 */
const promptSlots = ["slide", "slides", "deck", "questions", "fields"] as const;
export type PromptSlot = (typeof promptSlots)[number];

/** Checks the slots of one task's prompts: those it may use, and those it cannot do without. */
export function checkPrompts(
  task: ManifestTask,
  prompts: ReadonlyMap<string, string>,
  problems: Problems,
): void {
  const allowed = slotsOf(task);
  for (const name of task.prompts) {
    const text = prompts.get(name);
    if (text === undefined) continue;
    const file = `prompts/${name}.md`;
    if (text.trim() === "") problems.add(file, "", "is empty");
    for (const slot of slotsIn(text)) {
      if (allowed.some((known) => known === slot)) continue;
      const hint = suggestion(slot.trim(), allowed);
      problems.add(file, `{{${slot}}}`, `${task.name} fills no such slot${hint}`);
    }
    if (task.needs_handoff && !text.includes("{{deck}}")) {
      problems.add(file, "{{deck}}", `is missing, so ${task.name} would answer without the deck`);
    }
  }
  for (const [key, slot] of [
    ["template", "{{questions}}"],
    ["fields", "{{fields}}"],
  ] as const) {
    const texts = task.prompts.map((name) => prompts.get(name) ?? slot);
    if (task[key] !== null && !texts.some((text) => text.includes(slot))) {
      problems.add("pack.yaml", `${task.name}.${key}`, `no prompt of the task has ${slot}`);
    }
  }
}

function slotsOf(task: ManifestTask): readonly PromptSlot[] {
  if (task.each === "slide") return ["slide", "slides"];
  return [
    "slides",
    "deck",
    ...(task.template === null ? [] : (["questions"] as const)),
    ...(task.fields === null ? [] : (["fields"] as const)),
  ];
}

const slotsIn = (text: string): string[] =>
  Array.from(text.matchAll(/\{\{([^{}]*)\}\}/g), (match) => match[1] ?? "");
