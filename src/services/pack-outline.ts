import { afterOf, type Pack, type PackTask, type PackTemplate } from "../packs/pack.ts";
import { stepOf } from "../packs/steps.ts";

/** A pack as a person reads it: tasks with what they need, questions, and fields; no prompt's text. */
export function outlineOf(pack: Pack) {
  return {
    slidesMax: pack.limits.slidesMax,
    tasks: pack.tasks.map(taskOf),
    templates: Object.values(pack.templates).map(templateOf),
    fields: Object.values(pack.fields ?? {}).map(({ name, title, fields }) => ({
      path: `fields/${name}.yaml`,
      title,
      fields: fields.map((field) => ({
        ...{ name: field.name, title: field.title, type: field.type, required: field.required },
        description: field.description,
        choices: field.choices.map(({ value }) => value),
      })),
    })),
  };
}

/** What an earlier release stored may lack the newer lists. */
function taskOf(task: PackTask) {
  const files = (part: string, end: string, names: readonly string[] | undefined): string[] =>
    (names ?? []).map((name) => `${part}/${name}.${end}`);
  const own = task.template === null ? [] : [task.template];
  return {
    ...{ name: task.name, step: stepOf(task) ?? task.name, layer: task.layer, pool: task.pool },
    ...{ after: [...afterOf(task)], weight: task.weight, timeoutSeconds: task.timeoutSeconds },
    attempts: task.attempts,
    bySlide: task.each === "slide",
    prompts: files("prompts", "md", task.prompts),
    templates: files("templates", "yaml", [...own, ...(task.templates ?? [])]),
    fields: files("fields", "yaml", task.fields == null ? [] : [task.fields]),
  };
}

const templateOf = ({ name, title, extends: base, chapters }: PackTemplate) => ({
  path: `templates/${name}.yaml`,
  title,
  extends: base ?? null,
  chapters: chapters.map((chapter) => ({
    title: chapter.title,
    weight: chapter.weight,
    questions: chapter.questions.map(({ question }) => question),
  })),
});
