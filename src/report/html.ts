import type { SpecializedAnalysis } from "../contract/results.ts";
import { escaped } from "../core/text/escaped.ts";
import { oneLine } from "../core/text/one-line.ts";
import { genericResults, taskTitle } from "./generic.ts";
import { htmlStyle } from "./html-style.ts";
import { usageWords } from "./markdown.ts";
import type { Report } from "./report.ts";
import { reviewWords } from "./review-words.ts";
import { type ReportRow, slidesOfRow, statusOf, valueText } from "./rows.ts";
import { engineId, engineWords, packWords, scoreWords, slidesOf, specialised } from "./words.ts";

/** Pictures of slides as `data:` addresses, by number: the page asks nobody for anything. */
export type Pictures = ReadonlyMap<number, string>;

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
const text = (words: string): string => escaped(oneLine(words));
const mark = (kind: string, words = kind): string =>
  `<span class="mark ${kind.replace(/\W.*/, "")}">${text(words)}</span>`;

/** One page that stands by itself, for the screen and for paper: no script, all words of the deck escaped. */
export function htmlOf(report: Report, pictures: Pictures): string {
  const title = text(report.document.company ?? report.document.name);
  const parts = [
    headerOf(report, title),
    ...taskParts(report),
    deckPart(report),
    slidesPart(report, pictures),
    `<footer>Made by Pilotlight. Values in quotes stand on the slide named beside them.</footer>`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${htmlStyle}</style></head>
<body><main>
${parts.filter((part) => part !== "").join("\n")}
</main></body></html>
`;
}

function headerOf({ document, all, partial, choice }: Report, title: string): string {
  const { pipeline } = document;
  const facts = [
    `${document.name}, ${document.pages} slides, uploaded ${document.createdAt.slice(0, 10)}`,
    `Read by: ${engineWords(engineId(all.engine))}, with ${packWords(all.pack)}`,
    usageWords(all.usage ?? {}),
    all.generation < pipeline.generation
      ? `As it stood in generation ${all.generation}; newest: ${pipeline.generation}`
      : "",
    choice.task === undefined ? "" : `Only of ${choice.task}`,
    choice.slide === undefined ? "" : `Only of slide ${choice.slide}`,
  ].filter((fact) => fact !== "");
  const label =
    partial.length === 0
      ? ""
      : `<div class="partial"><strong>Partial report.</strong> ${partial.map(text).join(" ")}</div>`;
  return `<header><h1>${title}</h1>${facts.map((fact) => `<p class="meta">${text(fact)}</p>`).join("")}${label}</header>`;
}

const quotesOf = ({ evidence }: Pick<ReportRow, "evidence">): string =>
  evidence
    .map(({ slide, quote, grounded }) => {
      const doubt = grounded ? "" : " (not found on that slide)";
      return `<blockquote>Slide ${slide}: “${text(quote)}”${doubt}</blockquote>`;
    })
    .join("");

const reviewOf = ({ review }: ReportRow): string =>
  review === null ? "" : `<p class="small">Reviewed: ${text(reviewWords(review))}.</p>`;

function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((name) => `<th scope="col">${name}</th>`).join("");
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

/** A section a task, in the order of the pack: the pitch deck's, then those of packs of one's own. */
function taskParts({ all: { results }, rows, choice }: Report): string[] {
  if (choice.slide !== undefined) return [];
  const wants = (task: string): boolean => choice.task === undefined || choice.task === task;
  const of = (task: string): ReportRow[] => rows.filter((row) => row.task === task);
  const main = of("extractions_and_template");
  const template = results.extractions_and_template?.template;
  const deep = specialised.flatMap(({ task, title }) => {
    const found = results[task];
    return found === undefined || !wants(task) ? [] : [analysisPart(title, found, of(task))];
  });
  const own = genericResults(results).flatMap(({ task, kind, result }) => {
    if (!wants(task)) return [];
    const title = text(taskTitle(task));
    if (kind === "fields") return [fieldsPart(title, of(task))];
    if (kind === "template") return [templatePart(title, result.score, of(task))];
    return [analysisPart(title, result, of(task))];
  });
  return [
    fieldsPart("Facts", main),
    templatePart("Questions", template?.score, main),
    ...deep,
    ...own,
  ];
}

function fieldsPart(title: string, rows: readonly ReportRow[]): string {
  const fields = rows.filter(({ kind }) => kind === "field");
  if (fields.length === 0) return "";
  const lines = fields.map((row) => {
    const read =
      row.review?.verdict === "corrected"
        ? `<p class="small">Read as: ${text(valueText(row.read))}</p>`
        : "";
    const others = row.conflicts.map(
      (other) =>
        `<p class="small">The deck also says ${text(valueText(other.value))}</p>${quotesOf(other)}`,
    );
    const status = statusOf(row);
    const confidence =
      row.confidence === null || row.read === null ? "" : row.confidence.toFixed(2);
    return `<tr><th scope="row">${text(row.name)}</th><td>${text(valueText(row.value))}${read}${quotesOf(row)}${others.join("")}${reviewOf(row)}</td><td>${slidesOfRow(row).join(", ")}</td><td>${confidence}</td><td>${status === "read" ? "read" : mark(status)}</td></tr>`;
  });
  return `<section><h2>${title}</h2>${table(["Field", "Value", "Slides", "Confidence", "Status"], lines)}</section>`;
}

function analysisPart(
  title: string,
  found: SpecializedAnalysis,
  rows: readonly ReportRow[],
): string {
  if (!found.applicable) {
    return `<section><h2>${title}</h2><p>Does not apply: ${text(found.reason ?? "")}</p></section>`;
  }
  const missing = found.missing.map(
    ({ what, slides }) => `<li>${text(what)}${slidesOf(slides.map((slide) => ({ slide })))}</li>`,
  );
  const proof =
    missing.length === 0
      ? ""
      : `<h3>Proof an investor would ask for</h3><ul>${missing.join("")}</ul>`;
  const score = found.score === null ? "" : `: ${found.score} of 5`;
  return `<section><h2>${title}${score}</h2><p>${text(found.summary ?? "")}</p>${claimsTable(rows)}${proof}</section>`;
}

function claimsTable(rows: readonly ReportRow[]): string {
  const claims = rows.filter(({ kind }) => kind === "claim");
  if (claims.length === 0) return "";
  const lines = claims.map(
    (row) =>
      `<tr><td>${text(row.name)}${row.why === "" ? "" : `<p class="small">${text(row.why)}</p>`}${quotesOf(row)}${reviewOf(row)}</td><td>${text(row.grade ?? "")}</td><td>${slidesOfRow(row).join(", ")}</td><td>${text(row.fix)}</td></tr>`,
  );
  return table(["Claim", "Verdict", "Slides", "What proof is missing"], lines);
}

function templatePart(
  title: string,
  score: number | null | undefined,
  rows: readonly ReportRow[],
): string {
  const answers = rows.filter(({ kind }) => kind === "answer");
  if (answers.length === 0) return "";
  const lines = answers.map(
    (row) =>
      `<tr><th scope="row">${text(row.name)}</th><td>${row.read === null ? "Not shown in the deck." : text(String(row.read))}${quotesOf(row)}${reviewOf(row)}</td><td>${text(row.grade ?? "")}</td><td>${text(row.fix)}</td></tr>`,
  );
  const head = score === undefined ? title : `${title}: ${scoreWords(score)}`;
  return `<section class="answers"><h2>${head}</h2>${table(["Question", "Answer", "Score", "Would raise it"], lines)}</section>`;
}

const finding = (row: ReportRow): string =>
  `<li>${mark(row.grade ?? "")} ${text(String(row.read))} <span class="small">${text([row.why, row.fix].join(" "))}</span>${reviewOf(row)}</li>`;

function deckPart({ rows }: Report): string {
  const found = rows.filter(({ kind, slide }) => kind === "finding" && slide === null);
  if (found.length === 0) return "";
  return `<section><h2>What weighs most</h2><ul>${found.map(finding).join("")}</ul></section>`;
}

function slidesPart({ all, rows, document, choice }: Report, pictures: Pictures): string {
  const isOfSlides =
    choice.task === undefined || ["visual_analysis", "slide_feedback"].includes(choice.task);
  if (!isOfSlides) return "";
  const analyses =
    choice.task === "slide_feedback" ? [] : (all.results.visual_analysis?.slides ?? []);
  const blocks: string[] = [];
  for (let slide = 1; slide <= document.pages; slide += 1) {
    if (choice.slide !== undefined && choice.slide !== slide) continue;
    const analysis = analyses.find((one) => one.slide === slide);
    const found = rows.filter((row) => row.kind === "finding" && row.slide === slide);
    const picture = pictures.get(slide);
    if (analysis === undefined && found.length === 0 && picture === undefined) continue;
    const name = analysis?.title ? `Slide ${slide}: ${text(analysis.title)}` : `Slide ${slide}`;
    const image =
      picture === undefined ? "" : `<img src="${escaped(picture)}" alt="Slide ${slide}">`;
    const said = found.length === 0 ? "" : `<ul>${found.map(finding).join("")}</ul>`;
    const seen = analysis === undefined ? "Not read." : text(analysis.description);
    blocks.push(
      `<article class="slide"><div>${image}</div><div><h3>${name}</h3><p>${seen}</p>${said}</div></article>`,
    );
  }
  return blocks.length === 0 ? "" : `<section><h2>Slides</h2>${blocks.join("")}</section>`;
}
