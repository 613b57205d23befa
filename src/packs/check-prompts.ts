import type { ManifestTask } from "./manifest.ts";
import { type Problems, suggestion } from "./problems.ts";

/**
 * What a prompt may leave open. `{{slide}}`: number of the slide asked about; `{{slides}}`: how many
 * there are; `{{deck}}`: every slide's words; `{{questions}}`: the questions of one chapter.
 */
const promptSlots = ["slide", "slides", "deck", "questions"] as const;
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
  const texts = task.prompts.map((name) => prompts.get(name) ?? "{{questions}}");
  if (task.template !== null && !texts.some((text) => text.includes("{{questions}}"))) {
    problems.add("pack.yaml", `${task.name}.template`, "no prompt of the task has {{questions}}");
  }
}

function slotsOf(task: ManifestTask): readonly PromptSlot[] {
  if (task.each === "slide") return ["slide", "slides"];
  return task.template === null ? ["slides", "deck"] : ["slides", "deck", "questions"];
}

const slotsIn = (text: string): string[] =>
  Array.from(text.matchAll(/\{\{([^{}]*)\}\}/g), (match) => match[1] ?? "");
