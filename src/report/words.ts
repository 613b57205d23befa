import type { EngineRef } from "../contract/common.ts";
import {
  type Evidence,
  type Extractions,
  type Finding,
  type Results,
  type SpecializedAnalysis,
  severities,
} from "../contract/results.ts";
import { oneLine, plural } from "../core/text/one-line.ts";

/** Results in words, for the summary and the report alike. */

export const notStated = "not stated in the deck";

/** `extractive`, or `ollama/llava:13b`: one word for programs. */
export const engineId = (engine: EngineRef | null): string | null =>
  engine === null ? null : [engine.name, engine.model].filter((part) => part !== null).join("/");

/** The same for people. */
export function engineWords(id: string | null): string {
  if (id === null) return "no engine";
  if (id === "extractive") return "built-in engine";
  const [name, ...model] = id.split("/");
  const names: Record<string, string> = { ollama: "Ollama", openai: "OpenAI API" };
  return [names[name ?? ""] ?? id, model.join("/")].filter((part) => part !== "").join(", ");
}

type Ask = NonNullable<Extractions["funding_amount"]["value"]>;

/** `EUR 4.5 million, Series A`; a range keeps both ends. */
export function askWords({ amount, currency, round }: Ask): string {
  const ends = Array.isArray(amount) ? amount : [amount];
  const { divisor, word } = scaleOf(Math.max(...ends));
  const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
  const money = ends.map((end) => number.format(end / divisor)).join(" to ");
  const parts = [`${currency} ${money}${word}`, round];
  return parts.filter((part) => part !== null && part !== "").join(", ");
}

function scaleOf(amount: number): { divisor: number; word: string } {
  if (amount >= 1e9) return { divisor: 1e9, word: " billion" };
  if (amount >= 1e6) return { divisor: 1e6, word: " million" };
  return { divisor: 1, word: "" };
}

type Health = NonNullable<Extractions["healthcare"]["value"]>;

export const healthcareWords = ({ is_healthcare, sector }: Health): string =>
  is_healthcare ? ["yes", sector?.replaceAll("_", " ")].filter(Boolean).join(", ") : "no";

/** ` (slide 3)`, ` (slides 3, 7)`, or nothing. */
export function slidesOf(evidence: readonly Pick<Evidence, "slide">[]): string {
  const slides = [...new Set(evidence.map((one) => one.slide))].sort((a, b) => a - b);
  if (slides.length === 0) return "";
  return ` (${slides.length === 1 ? "slide" : "slides"} ${slides.join(", ")})`;
}

export const specialised = [
  { task: "specialized_clinical", title: "Clinical" },
  { task: "specialized_regulatory", title: "Regulatory" },
  { task: "specialized_science", title: "Science" },
] as const satisfies readonly { task: keyof Results; title: string }[];

export function specialisedWords(analysis: SpecializedAnalysis): string {
  if (!analysis.applicable) return `does not apply: ${oneLine(analysis.reason ?? "")}`;
  const score = analysis.score === null ? [] : [`${analysis.score} of 5`];
  const missing =
    analysis.missing.length === 0 ? [] : [`${plural(analysis.missing.length, "proof")} missing`];
  return [...score, plural(analysis.claims.length, "claim"), ...missing].join(", ");
}

/** `1 critical, 4 minor, 2 praise`. */
export function findingsWords(findings: readonly Finding[]): string {
  const parts = severities.flatMap((severity) => {
    const count = findings.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return parts.length === 0 ? "none" : parts.join(", ");
}

export const scoreWords = (score: number | null): string =>
  score === null ? "not scored" : `${score.toFixed(1)} of 5`;

export const allFindings = (results: Results): readonly Finding[] =>
  results.slide_feedback?.slides.flatMap((slide) => slide.findings) ?? [];

/** `pitch-deck@3 (0a1b2c3d)`: as every result names it. */
export const packWords = (pack: {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
}): string => `${pack.name}@${pack.version} (${pack.hash})`;
