import type { TemplateAnalysis } from "../../contract/results.ts";
import type { RunReport } from "../../contract/run.ts";
import { type Generic, genericResults, taskTitle, valueWords } from "../../report/generic.ts";
import {
  allFindings,
  askWords,
  engineWords,
  findingsWords,
  healthcareWords,
  notStated,
  packWords,
  scoreWords,
  slidesOf,
  specialised,
  specialisedWords,
} from "../../report/words.ts";
import type { Style } from "../style.ts";
import { cell, clip, oneLine, plural, secondsText, wrap } from "../text.ts";

/** A document as it ended, with what its summary says beside the report. */
export type Ended = RunReport["documents"][number] & {
  /** One more sentence: what is missing, or where it stands. */
  readonly note: string | null;
  /** A last line, such as where to read more. */
  readonly more: string | null;
};

const columns = 80;
const label = 14;

/** What came out of one document, for a terminal of 80 columns. */
export function summaryOf(document: Ended, style: Style): string {
  const lines = [headline(document, style)];
  const { error, note, more, state } = document;
  if (state === "not_sent") lines.push(...prose([error?.next ?? null], style));
  else if (error !== null) lines.push(...prose([error.detail, error.next], style));
  else if (note !== null) lines.push(...prose([note], style));
  lines.push(...facts(document, style), ...chapters(document, style));
  if (document.pack !== null) lines.push(row("Pack", packWords(document.pack), style));
  if (more !== null) lines.push(row("More", more, style));
  return `${lines.join("\n")}\n`;
}

/** `3 documents: 2 done, 1 refused.` */
export function totalOf(documents: readonly Ended[]): string {
  const words = documents.map(({ state }) => stateWords[state]);
  const parts = [...new Set(words)].map(
    (word) => `${words.filter((one) => one === word).length} ${word}`,
  );
  return `${plural(documents.length, "document")}: ${parts.join(", ")}.`;
}

const stateWords: Record<Ended["state"], string> = {
  fetching: "not finished",
  active: "not finished",
  done: "done",
  done_with_gaps: "done with gaps",
  failed: "failed",
  cancelled: "cancelled",
  rejected: "refused",
  not_sent: "not sent",
};

function headline(document: Ended, style: Style): string {
  const { colors } = style;
  const { state, error, pages, engine, seconds } = document;
  const name = clip(oneLine(document.name), columns / 2, style);
  if (state === "rejected") {
    return `${colors.bold(name)}  ${colors.red("refused")}: ${error?.title ?? ""} ${colors.dim(`[${error?.code}]`)}`;
  }
  if (state === "not_sent") return `${colors.bold(name)}  ${colors.red(stateWords[state])}`;
  const tint = { done: colors.green, done_with_gaps: colors.yellow }[state as "done"] ?? colors.red;
  const slides = pages === null ? [] : [plural(pages, "slide")];
  const about = [...slides, ...(engine === null ? [] : [engineWords(engine)])].join(", ");
  const what = `${stateWords[state]} ${state === "active" ? "after" : "in"} ${secondsText(seconds)}`;
  return `${colors.bold(name)}  ${tint(what)}${about === "" ? "" : `, ${about}`}`;
}

const prose = (texts: readonly (string | null)[], { colors }: Style): string[] =>
  texts
    .filter((text) => text !== null && text !== "")
    .flatMap((text) => wrap(oneLine(text ?? ""), columns - 2))
    .map((line) => `  ${colors.dim(line)}`);

/** A label and its value; a long value goes on below itself. */
function row(name: string, value: string, style: Style): string {
  const [first = "", ...more] = wrap(oneLine(value), columns - label);
  const head = `  ${style.colors.dim(cell(name, label - 2, style))}${first}`;
  return [head, ...more.map((line) => " ".repeat(label) + line)].join("\n");
}

function facts({ results }: Ended, style: Style): string[] {
  const rows: string[] = [];
  const main = results.extractions_and_template?.extractions;
  if (main !== undefined) {
    const { startup_name: name, healthcare, funding_amount: ask, deck_date: date } = main;
    const add = <T>(title: string, field: Field<T>, words: (value: T) => string): void => {
      const { value, evidence } = field;
      const text = value === null ? notStated : words(value) + slidesOf(evidence.slice(0, 3));
      rows.push(row(title, text, style));
    };
    add("Company", name, (value) => value);
    add("Healthcare", healthcare, healthcareWords);
    add("Ask", ask, askWords);
    add("Deck date", date, (value) => value);
  }
  if (results.slide_feedback !== undefined) {
    rows.push(row("Findings", findingsWords(allFindings(results)), style));
  }
  for (const { task, title } of specialised) {
    const analysis = results[task];
    if (analysis !== undefined) rows.push(row(title, specialisedWords(analysis), style));
  }
  for (const generic of genericResults(results)) rows.push(...genericRows(generic, style));
  return rows;
}

function genericRows(generic: Generic, style: Style): string[] {
  if (generic.kind === "analysis") {
    return [row(taskTitle(generic.task), specialisedWords(generic.result), style)];
  }
  if (generic.kind === "template") {
    const { score, chapters } = generic.result;
    return [row(taskTitle(generic.task), scoreWords(score), style), ...bars(chapters, style)];
  }
  return generic.result.fields.map(({ title, value, type, evidence }) => {
    const text = value === null ? notStated : valueWords(value, type);
    const short = clip(oneLine(text), 3 * (columns - label), style);
    return row(title, `${short}${value === null ? "" : slidesOf(evidence.slice(0, 3))}`, style);
  });
}

interface Field<T> {
  readonly value: T | null;
  readonly evidence: readonly { readonly slide: number }[];
}

/** One line a chapter: its name, a bar of five and the score. */
function chapters({ results }: Ended, style: Style): string[] {
  const template = results.extractions_and_template?.template;
  if (template === undefined) return [];
  return [row("Score", scoreWords(template.score), style), ...bars(template.chapters, style)];
}

const bars = (chapters: TemplateAnalysis["chapters"], style: Style): string[] =>
  chapters.map(({ title, score }) => {
    const name = cell(oneLine(title), 38, style);
    return `    ${name}  ${bar(score ?? 0, style)}  ${scoreWords(score)}`;
  });

function bar(score: number, { colors, unicode }: Style): string {
  const filled = Math.round(score * 2);
  const [on, off] = unicode ? ["━", "─"] : ["#", "-"];
  return colors.cyan(on.repeat(filled)) + colors.dim(off.repeat(10 - filled));
}
