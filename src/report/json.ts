import type { DocumentResults } from "../contract/documents.ts";
import type { Choice, Report } from "./report.ts";
import { statusOf } from "./rows.ts";

/** Results as they were read, the reviews beside them, and of each field what counts. */
export function jsonOf({ document, all, choice, partial, rows }: Report): string {
  const values = rows
    .filter(({ kind }) => kind === "field")
    .map((row) => ({
      ...{ path: row.path, name: row.name, value: row.value ?? null, read: row.read ?? null },
      ...{ confidence: row.confidence, status: statusOf(row), by: row.review?.by ?? null },
    }));
  const told = { v: 1, type: "results", name: document.name, pages: document.pages, partial };
  const whole = { ...told, ...all, values, results: choose(all.results, choice) };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Parts that are not chosen are left out; of the slide tasks the chosen slide stays. */
function choose(results: DocumentResults["results"], { task, slide }: Choice): object {
  const entries = Object.entries(results)
    .filter(([name]) => task === undefined || name === task)
    .map(([name, result]) => [name, slide === undefined ? result : slidePart(result, slide)])
    .filter(([, result]) => result !== null);
  return Object.fromEntries(entries);
}

function slidePart(result: object | undefined, slide: number): object | null {
  if (result === undefined || !("slides" in result) || !Array.isArray(result.slides)) return null;
  return { slides: result.slides.filter((one: { slide?: number }) => one.slide === slide) };
}
