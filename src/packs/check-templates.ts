import type { ManifestTask } from "./manifest.ts";
import type { PackTemplate } from "./pack.ts";
import type { Problems } from "./problems.ts";

/** Templates for special cases: each says for which, and adds only to the task's own template. */
export function checkTemplates(
  task: ManifestTask,
  templates: ReadonlyMap<string, PackTemplate>,
  problems: Problems,
): void {
  const base = task.template === null ? undefined : templates.get(task.template);
  if (base !== undefined && base.extends !== null) {
    problems.add(fileOf(base.name), "extends", `${task.name} uses it as it stands; leave it out`);
  }
  for (const name of task.templates) {
    const template = templates.get(name);
    if (template === undefined) continue;
    const file = fileOf(name);
    if (template.for === null) {
      problems.add(file, "for", "is missing, so it would never be used (for: { sector: ... })");
    }
    if (template.extends === null) continue;
    if (template.extends !== task.template) {
      problems.add(file, "extends", `must be ${task.template}, the template of ${task.name}`);
    }
    for (const id of sharedIds(template, base)) {
      problems.add(file, id, `${template.extends} has a question of this id`);
    }
  }
}

const fileOf = (name: string): string => `templates/${name}.yaml`;

const questionIds = (template: PackTemplate | undefined): string[] =>
  (template?.chapters ?? []).flatMap(({ questions }) => questions.map(({ id }) => id));

function sharedIds(one: PackTemplate, other: PackTemplate | undefined): string[] {
  const taken = new Set(questionIds(other));
  return questionIds(one).filter((id) => taken.has(id));
}
