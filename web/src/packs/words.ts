import type { PackVersionView } from "./types.ts";

const steps: Readonly<Record<string, string>> = {
  see_slides: "Sees each slide",
  review_slides: "Gives feedback on each slide",
  extract_fields: "Reads fields from the document",
  answer_template: "Answers a template's questions",
  analyse: "Analyses claims",
  extract_and_score: "Reads facts and scores the template",
};

export const stepWords = (step: string): string => steps[step] ?? step.replaceAll("_", " ");

export const taskWords = (task: string): string => task.replaceAll("_", " ");

const sources = { folder: "from the folder of packs", edit: "edited", import: "imported" } as const;

/** Who activated it; a control plane does at its start. */
export const byWords = (by: string | null): string =>
  by === "start" ? "when the server started" : `by ${by ?? "somebody"}`;

/** "by ann, edited from version 2". */
export function originWords({ by, source, parent }: PackVersionView): string {
  const who = by === null || by === "start" ? "" : `by ${by}, `;
  return `${who}${sources[source]}${parent === null ? "" : ` out of version ${parent}`}`;
}

/** What becomes of documents when the active version changes. */
export function effectWords(to: number, from: number | null, running: number): string {
  const now = `Documents submitted from now on are read with version ${to}`;
  const instead = from === null ? "." : ` instead of version ${from}.`;
  if (running === 0) return `${now}${instead} No document is at work with another one.`;
  const one = running === 1;
  return `${now}${instead} ${running} ${one ? "document that is" : "documents that are"} at work ${one ? "keeps" : "keep"} the version ${one ? "it" : "they"} began with.`;
}

/** "prompts/clinical.md" -> "Prompt clinical". */
export function fileWords(path: string): string {
  if (path === "pack.yaml") return "Pack: tasks and limits";
  if (path === "calibration.yaml") return "Calibration";
  const [folder = "", file = ""] = path.split("/");
  const kind = { prompts: "Prompt", templates: "Template", fields: "Fields", schemas: "Schema" }[
    folder
  ];
  return `${kind ?? folder} ${file.replace(/\.\w+$/, "").replaceAll("_", " ")}`;
}

const order = ["pack.yaml", "prompts/", "templates/", "fields/", "schemas/"];

/** Files in the order in which people look for them. */
export const sortedFiles = (paths: readonly string[]): string[] => {
  const rank = (path: string): number => {
    const at = order.findIndex((start) => path.startsWith(start));
    return at < 0 ? order.length : at;
  };
  return paths.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
};
