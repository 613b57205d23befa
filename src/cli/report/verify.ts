import { dollars } from "../../core/cost/money.ts";
import type { ProviderFact } from "../../db/provider-facts.ts";
import { AppError } from "../../errors/app-error.ts";
import { errorCodes } from "../../errors/codes.ts";
import type { Finding } from "../../providers/verda/verify/questions.ts";
import type { VerifyReport } from "../../providers/verda/verify/verify.ts";
import type { Style } from "../style.ts";
import { cell, oneLine, secondsText, wrap } from "../text.ts";

const columns = 80;
const label = 9;

type Ended = VerifyReport & { readonly notStored: string | null };

/** A question each with its verdict and what it was seen by; at the end what is left and what it cost. */
export function verifyText(report: Ended, before: readonly ProviderFact[], style: Style): string {
  const lines = report.findings.flatMap((finding) => findingLines(finding, before, style));
  return [...lines, "", ...endLines(report)].join("\n");
}

function findingLines(finding: Finding, before: readonly ProviderFact[], style: Style): string[] {
  const { fact, question, verdict, evidence } = finding;
  const { colors } = style;
  const tints = { yes: colors.green, no: colors.yellow, value: colors.green, unknown: colors.dim };
  const word = verdict === "value" ? "known" : verdict;
  const answer = answerOf(finding);
  const earlier = before.find((one) => one.fact === fact);
  const isNew = verdict !== "unknown" && earlier !== undefined && differs(earlier, finding);
  const texts = [
    answer === null ? evidence : `${answer} - ${evidence}`,
    ...(isNew ? [`On ${dayOf(earlier)} it was: ${JSON.stringify(earlier.value)}`] : []),
  ];
  const more = texts.flatMap((text) => wrap(oneLine(text), columns - label));
  const indented = more.map((line) => colors.dim(" ".repeat(label) + line));
  return [`${tints[verdict](cell(word, label - 1, style))} ${question}`, ...indented];
}

const dayOf = ({ measuredAt }: ProviderFact): string => measuredAt.toISOString().slice(0, 10);

/** Times differ from check to check, and so do prices: only what is a rule is compared. */
function differs({ value }: ProviderFact, finding: Finding): boolean {
  const isMeasured =
    finding.fact.endsWith("_ms") || ["prices", "start_phases"].includes(finding.fact);
  return !isMeasured && JSON.stringify(value) !== JSON.stringify(finding.value);
}

/** The value in few words; null where verdict or evidence say it already. */
function answerOf({ fact, verdict, value }: Finding): string | null {
  if (verdict !== "value") return null;
  if (typeof value === "number") return fact.endsWith("_ms") ? timeText(value) : String(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.some(isObject) ? null : value.join(", ");
  return isObject(value) ? phasesText(value) : null;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const timeText = (ms: number): string => secondsText(ms / 1000);

/** `running 93 s`, in the order of the phases. */
const phasesText = (phases: object): string =>
  Object.entries(phases)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number")
    .map(([phase, ms]) => `${phase.replace(/Ms$/, "")} ${timeText(ms)}`)
    .join(", ");

function endLines(report: Ended): string[] {
  const { refused, error, left, notStored, spentMicroUsd } = report;
  const sentences = [
    ...(refused === null ? [] : [refused]),
    ...(error === null ? [] : [`It ended early: ${sentenceOf(error)}`]),
    left === null
      ? "Nothing of this check is left."
      : `Something is LEFT and may be paid for: ${left}. Delete ${report.name} in the console.`,
    ...(spentMicroUsd === 0 ? [] : [`It cost at most ${dollars(spentMicroUsd)}.`]),
    notStored === null ? "What is known is stored." : `Nothing was stored: ${notStored}`,
  ];
  return sentences.flatMap((sentence) => wrap(oneLine(sentence), columns));
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const { title, next } = errorCodes[error.code];
  return [title, error.detail, next].filter((text) => text !== undefined).join(" ");
}
