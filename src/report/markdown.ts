import type { DocumentResults } from "../contract/documents.ts";
import type {
  Evidence,
  Extractions,
  FieldValue,
  Finding,
  Results,
  SlideAnalysis,
  SpecializedAnalysis,
  TemplateAnalysis,
} from "../contract/results.ts";
import type { ReviewView } from "../contract/reviews.ts";
import { claimPaths, findingPaths } from "../core/review/paths.ts";
import { oneLine } from "../core/text/one-line.ts";
import { type Generic, genericResults, taskTitle, valueWords } from "./generic.ts";
import type { Choice, Report } from "./report.ts";
import { readWords, reviewWords } from "./review-words.ts";
import {
  askWords,
  engineId,
  engineWords,
  healthcareWords,
  notStated,
  packWords,
  scoreWords,
  slidesOf,
  specialised,
} from "./words.ts";

/** What the models were asked in all; empty when none was. */
export function usageWords(usage: NonNullable<DocumentResults["usage"]>): string {
  const tasks = Object.values(usage);
  if (tasks.length === 0) return "";
  const sum = (key: "calls" | "promptTokens" | "outputTokens" | "seconds"): number =>
    tasks.reduce((total, task) => total + (task[key] ?? 0), 0);
  const isWhole = tasks.every((task) => task.promptTokens !== null && task.outputTokens !== null);
  const least = isWhole ? "" : "at least ";
  return `Asked of models: ${sum("calls")} calls, ${least}${sum("promptTokens")} tokens read and ${sum("outputTokens")} written in ${Math.round(sum("seconds"))} s of their time.`;
}

/** The results as a readable report. What a task has not produced yet is left out. */
export function markdownOf({ document, all, choice, partial }: Report): string {
  const { results, generation, engine, pack, usage = {}, reviews = [] } = all;
  const wants = (task: keyof Results): boolean => choice.task === undefined || choice.task === task;
  const blocks = [
    `# ${safe(document.company ?? document.name)}`,
    `${safe(document.name)}, ${document.pages} slides, read by: ${engineWords(engineId(engine))}, with ${packWords(pack)}.`,
    usageWords(usage),
    ...partial.map(safe),
    generation < document.pipeline.generation
      ? `As it stood in generation ${generation}; newest: ${document.pipeline.generation}.`
      : "",
  ];
  const { extractions_and_template: main } = results;
  const said = sayingsOf(reviews);
  if (choice.slide === undefined) {
    if (main !== undefined && wants("extractions_and_template")) {
      blocks.push(
        factsBlock(main.extractions, said("extractions")),
        ...templateBlocks(main.template, said("template")),
      );
    }
    for (const { task, title } of specialised) {
      const analysis = results[task];
      if (analysis !== undefined && wants(task)) {
        blocks.push(...specialisedBlocks(title, analysis, said(task)));
      }
    }
    for (const generic of genericResults(results)) {
      if (wants(generic.task)) blocks.push(...genericBlocks(generic, said(generic.task)));
    }
  }
  if (choice.slide === undefined && wants("slide_feedback")) {
    const deck = findingsBlock(results.slide_feedback?.deck ?? [], said("slide_feedback.deck"));
    if (deck !== "") blocks.push("## What weighs most", deck);
  }
  blocks.push(...slideBlocks(results, choice, said));
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** Words of a deck as plain text: nothing in them may become markup. */
const safe = (text: string): string => oneLine(text).replace(/([\\`*_[\]<>|#~])/g, "\\$1");

const quotes = (evidence: readonly Evidence[]): string =>
  evidence
    .map(({ slide, quote, grounded }) => {
      const doubt = grounded ? "" : " (not found on that slide)";
      return `\n  > Slide ${slide}: "${safe(quote)}"${doubt}`;
    })
    .join("");

interface Said<T> {
  readonly value: T | null;
  /** false: its quotes do not hold it. */
  readonly supported?: boolean | undefined;
  readonly evidence: readonly Evidence[];
}

/** What was said of a value, as a line of its own below it; "" when nothing was. */
interface Saying {
  (name: string): string;
  /** The value as it was read, or the one it was corrected to with both told. */
  value(name: string, read: string): string;
}

const sayingsOf =
  (reviews: readonly ReviewView[]) =>
  (prefix: string): Saying => {
    const of = (name: string): ReviewView | undefined =>
      reviews.find(({ path }) => path === `${prefix}.${name}`);
    const line = (name: string): string => {
      const review = of(name);
      return review === undefined ? "" : `\n  Reviewed: ${safe(reviewWords(review))}.`;
    };
    const value = (name: string, read: string): string => {
      const review = of(name);
      if (review?.verdict !== "corrected") return read;
      const right = review.reviewed === null ? notStated : safe(readWords(review.reviewed));
      return `${right} (corrected; read as: ${read})`;
    };
    return Object.assign(line, { value });
  };

function factsBlock(facts: Extractions, said: Saying): string {
  const item = <T>(
    key: string,
    name: string,
    field: Said<T> & { conflicts: readonly Said<T>[] },
    words: (value: T) => string,
  ): string => {
    const say = ({ value, supported }: Said<T>): string => {
      const doubt = supported === false ? " (no quote of it holds this)" : "";
      return `${value === null ? notStated : safe(words(value))}${doubt}`;
    };
    const others = field.conflicts.map(
      (other) => `\n  The deck also says ${say(other)}${quotes(other.evidence)}`,
    );
    return `- **${name}**: ${said.value(key, say(field))}${quotes(field.evidence)}${said(key)}${others.join("")}`;
  };
  const items = [
    item("startup_name", "Company", facts.startup_name, String),
    item("company_offering", "Offering", facts.company_offering, String),
    item("healthcare", "Healthcare", facts.healthcare, healthcareWords),
    item("funding_amount", "Ask", facts.funding_amount, askWords),
    item("deck_date", "Deck date", facts.deck_date, String),
  ];
  return `## Facts\n\n${items.join("\n")}`;
}

function genericBlocks(generic: Generic, said: Saying): string[] {
  const title = taskTitle(generic.task);
  if (generic.kind === "template")
    return [`## ${safe(title)}`, ...templateBlocks(generic.result, said)];
  if (generic.kind === "analysis") return specialisedBlocks(safe(title), generic.result, said);
  const items = generic.result.fields.map((field) => {
    const say = (value: FieldValue | null): string =>
      value === null ? notStated : safe(valueWords(value, field.type));
    const others = field.conflicts.map(
      (other) => `\n  The document also says ${say(other.value)}${quotes(other.evidence)}`,
    );
    const value = said.value(field.name, say(field.value));
    return `- **${safe(field.title)}**: ${value}${quotes(field.evidence)}${said(field.name)}${others.join("")}`;
  });
  return [`## ${safe(title)}`, items.join("\n")];
}

function templateBlocks({ score, chapters }: TemplateAnalysis, said: Saying): string[] {
  const blocks = [`## Questions: ${scoreWords(score)}`];
  for (const chapter of chapters) {
    const items = chapter.questions.map((one) => {
      const answer = one.answer === null ? "Not shown in the deck." : safe(one.answer);
      const points = one.score === null ? "does not apply" : `${one.score} of 5`;
      const missing = one.missing === null ? "" : ` Missing: ${safe(one.missing)}`;
      return `- **${safe(one.question)}** (${points}) ${answer}${missing}${said(one.id)}${quotes(one.evidence)}`;
    });
    blocks.push(`### ${safe(chapter.title)}: ${scoreWords(chapter.score)}`, items.join("\n"));
  }
  return blocks;
}

function specialisedBlocks(title: string, analysis: SpecializedAnalysis, said: Saying): string[] {
  if (!analysis.applicable) {
    return [`## ${title}`, `Does not apply: ${safe(analysis.reason ?? "")}`];
  }
  const score = analysis.score === null ? "" : `: ${analysis.score} of 5`;
  const names = claimPaths("", analysis.claims).map((path) => path.slice(1));
  const claims = analysis.claims.map((one, at) => {
    const missing = one.missing.length === 0 ? "" : ` Missing: ${safe(one.missing.join("; "))}.`;
    return `- ${safe(one.claim)} (${one.status.replace("_", " ")})${missing}${said(names[at] ?? "")}${quotes(one.evidence)}`;
  });
  const missing = analysis.missing.map(
    ({ what, slides }) => `- ${safe(what)}${slidesOf(slides.map((slide) => ({ slide })))}`,
  );
  return [
    `## ${title}${score}`,
    safe(analysis.summary ?? ""),
    claims.join("\n"),
    missing.length === 0 ? "" : `Proof an investor would ask for:\n\n${missing.join("\n")}`,
  ];
}

function slideBlocks(
  results: Results,
  { task, slide }: Choice,
  said: (prefix: string) => Saying,
): string[] {
  const analyses = task === "slide_feedback" ? [] : (results.visual_analysis?.slides ?? []);
  const reviews = task === "visual_analysis" ? [] : (results.slide_feedback?.slides ?? []);
  if (task !== undefined && task !== "slide_feedback" && task !== "visual_analysis") return [];
  const numbers = [...new Set([...analyses, ...reviews].map((one) => one.slide))]
    .filter((number) => slide === undefined || number === slide)
    .sort((a, b) => a - b);
  const blocks = numbers.flatMap((number) => {
    const analysis = analyses.find((one) => one.slide === number);
    const findings = reviews.find((one) => one.slide === number)?.findings ?? [];
    return [
      slideHeading(number, analysis),
      safe(analysis?.description ?? ""),
      findingsBlock(findings, said(`slide_feedback.slide_${number}`)),
    ];
  });
  return blocks.length === 0 ? [] : ["## Slides", ...blocks];
}

const slideHeading = (number: number, analysis: SlideAnalysis | undefined): string =>
  `### Slide ${number}${analysis?.title ? `: ${safe(analysis.title)}` : ""}`;

function findingsBlock(findings: readonly Finding[], said: Saying): string {
  const names = findingPaths("", findings).map((path) => path.slice(1));
  return findings
    .map(({ severity, what, why, fix }, at) => {
      const advice = fix === "" ? "" : ` ${safe(fix)}`;
      return `- **${severity}**: ${safe(what)} ${safe(why)}${advice}${said(names[at] ?? "")}`;
    })
    .join("\n");
}
