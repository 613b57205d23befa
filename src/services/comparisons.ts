import { type ComparedDeck, type ComparedFinding, compareDecks } from "../core/compare/compare.ts";
import { cellsOf } from "../core/portfolio/cell.ts";
import type { DocumentRow } from "../db/documents.ts";
import { readResults } from "../db/visual-results.ts";
import type { ServiceContext } from "./context.ts";
import type { Documents } from "./documents.ts";
import { standingReviews } from "./reviews.ts";

/** Two documents of one workspace against each other. Throws DOCUMENT_NOT_FOUND. */
export function createComparisons(context: ServiceContext, documents: Pick<Documents, "find">) {
  return {
    async compare(workspace: string, id: string, other: string) {
      const [a, b] = await Promise.all([
        documents.find(workspace, id),
        documents.find(workspace, other),
      ]);
      const [readA, readB] = await Promise.all([deckOf(context, a), deckOf(context, b)]);
      const sameFile = a.sha256 !== "" && a.sha256 === b.sha256;
      return { a: sideOf(a), b: sideOf(b), sameFile, ...compareDecks(readA, readB) };
    },
  };
}
export type Comparisons = ReturnType<typeof createComparisons>;

const sideOf = ({ document: id, finishedAt, ...row }: DocumentRow) => ({
  ...{ id, name: row.name, company: row.company, pages: row.pages },
  ...{ version: row.version, fileRun: row.fileRun },
  complete: finishedAt !== null,
});

type Json = Readonly<Record<string, unknown>>;
const list = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];

/** Results of a pack are whatever it says: what has not the shape of a deck's is left out. */
async function deckOf({ sql }: ServiceContext, row: DocumentRow): Promise<ComparedDeck> {
  const rows = await readResults(sql, row.pipelineId);
  const results: Json = Object.fromEntries(rows.map(({ task, result }) => [task, result]));
  const cells = cellsOf(results, await standingReviews(sql, row.id));
  const { visual_analysis: seen, slide_feedback: reviewed } = results as Readonly<
    Record<string, Json | undefined>
  >;
  const read = rows.map(({ result }) => (result as Json).template as Json | undefined);
  const template = read.find((one) => one !== undefined);
  return {
    // Their figures are told on their own.
    fields: cells.filter(({ path }) => !/^(template|slide_feedback)\./.test(path)),
    slides: list(seen?.slides).flatMap(({ slide, title, text }) =>
      typeof slide === "number" && typeof text === "string"
        ? [{ slide, title: typeof title === "string" ? title : null, text }]
        : [],
    ),
    findings: findingsOf(reviewed),
    score: scoreOf(template),
    chapters: list(template?.chapters).map((one) => ({
      ...{ id: String(one.id), title: String(one.title), score: scoreOf(one) },
    })),
  };
}

const scoreOf = (scored: Json | undefined): number | null =>
  typeof scored?.score === "number" ? scored.score : null;

/** Of slides; and of the whole deck what no slide's finding says already. */
function findingsOf(reviewed: Json | undefined): ComparedFinding[] {
  const one = (slide: number | null, { rule, severity, what }: Json): ComparedFinding => ({
    ...{ slide, rule: String(rule), severity: String(severity), what: String(what) },
  });
  const ofSlides = list(reviewed?.slides).flatMap(({ slide, findings }) =>
    list(findings).map((found) => one(Number(slide), found)),
  );
  const rules = new Set(ofSlides.map(({ rule }) => rule));
  const ofDeck = list(reviewed?.deck).map((found) => one(null, found));
  // Praise is nothing to mend.
  return [...ofSlides, ...ofDeck.filter(({ rule }) => !rules.has(rule))].filter(
    ({ severity }) => severity !== "praise",
  );
}
