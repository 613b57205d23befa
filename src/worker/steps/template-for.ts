import type { Template } from "../../contract/worker-protocol.ts";

type Chapter = Template["chapters"][number];

/**
 * The first of `special` whose `for` agrees with the extracted facts in every key, else the
 * fallback. One that extends the fallback gives its chapters with the special questions behind the
 * general ones; chapters of its own come last.
 */
export function templateFor(
  fallback: Template,
  special: readonly Template[],
  facts: Readonly<Record<string, string | null>>,
): Template {
  const fits = special.find(
    ({ for: wanted }) =>
      wanted !== null && Object.entries(wanted).every(([name, value]) => facts[name] === value),
  );
  if (fits === undefined) return fallback;
  return fits.extends === fallback.name ? extended(fallback, fits) : fits;
}

function extended(base: Template, added: Template): Template {
  const more = new Map(added.chapters.map((chapter) => [chapter.id, chapter]));
  const known = new Set(base.chapters.map(({ id }) => id));
  const joined = base.chapters.map((chapter): Chapter => {
    const own = more.get(chapter.id);
    return own ? { ...own, questions: [...chapter.questions, ...own.questions] } : chapter;
  });
  return { ...added, chapters: [...joined, ...added.chapters.filter(({ id }) => !known.has(id))] };
}
