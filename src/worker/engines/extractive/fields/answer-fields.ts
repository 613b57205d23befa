import type { Evidence, FieldValue } from "../../../../contract/results.ts";
import type { PackField } from "../../../../contract/worker-protocol.ts";
import { type Deck, sureEvidenceOf } from "../deck.ts";
import { sentencesOf } from "../text-tools.ts";
import { findLabelled, type Labelled } from "./labels.ts";
import { bodySize, goesOn, type Line, linesOf } from "./lines.ts";
import { findPattern } from "./patterns.ts";
import { belowLargest, largestOf } from "./prominent.ts";
import { findSections, holdsAny } from "./sections.ts";
import { booleanOf, choicesIn, peopleIn, readValue, type Setting, settingOf } from "./values.ts";

interface Found {
  readonly value: FieldValue;
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  /** Lower is meant more, and contradicts nothing that is meant less. */
  readonly rank?: number;
}

interface Document {
  readonly lines: readonly Line[];
  readonly body: number;
  readonly setting: Setting;
}

const quotesMax = 4;
const conflictsMax = 3;
/** Only what is found as surely as this contradicts another value. */
const conflictFrom = 0.7;
const surePattern = 0.85;
const sureSection = 0.8;
const sureLooks = 0.7;
const sureNear = 0.55;

/**
 * What a pack asks for, by rules: values beside their labels, texts of a known form, sections by
 * their titles, looks, and sentences that hold given words. Whatever is not found is null; nothing is
 * guessed. By the field's name `{ value, confidence, evidence, conflicts, note }`.
 */
export function answerFields(deck: Deck, fields: readonly PackField[]): Record<string, unknown> {
  const lines = linesOf(deck);
  const document = { lines, body: bodySize(lines), setting: settingOf(deck) };
  return Object.fromEntries(fields.map((field) => [field.name, answerField(document, field)]));
}

function answerField(document: Document, field: PackField) {
  const [best, ...others] = candidatesOf(document, field).sort(
    (a, b) => b.confidence - a.confidence || (a.rank ?? 0) - (b.rank ?? 0),
  );
  if (best === undefined) {
    const note = hasHints(field) ? null : "The pack gives the built-in engine no hints for this.";
    return { value: null, confidence: 0, evidence: [], conflicts: [], note };
  }
  const conflicts = conflictsOf(best, others, field);
  const note = conflicts.length === 0 ? null : "The document states other values as well.";
  return {
    value: best.value,
    confidence: conflicts.length === 0 ? best.confidence : Math.min(best.confidence, 0.6),
    evidence: best.evidence.slice(0, quotesMax),
    conflicts,
    note,
  };
}

const hasHints = ({ hints, type }: PackField): boolean =>
  type === "choice" ||
  hints.prominent !== null ||
  Object.keys(hints.labels).length +
    hints.sections.length +
    hints.patterns.length +
    hints.near.length +
    hints.yes.length +
    hints.no.length >
    0;

const keyOf = (value: FieldValue): string => JSON.stringify(value).toLowerCase();

/** Words may be told in part, in quotes of their own; numbers and all else are the same or are not. */
function agree(one: FieldValue, other: FieldValue): boolean {
  const [a, b] = [keyOf(one), keyOf(other)];
  if (typeof one !== "string" || typeof other !== "string") return a === b;
  return a.includes(b.slice(1, -1)) || b.includes(a.slice(1, -1));
}

/** Lists and prose differ by where they were cut; only single values contradict each other. */
function conflictsOf(best: Found, others: readonly Found[], { type }: PackField): Found[] {
  if (type === "list" || type === "boolean" || best.confidence < conflictFrom) return [];
  const known = [best.value];
  return others
    .filter(({ value, confidence, rank }) => {
      if ((rank ?? 0) !== (best.rank ?? 0)) return false;
      if (confidence < Math.max(conflictFrom, best.confidence)) return false;
      if (known.some((one) => agree(one, value))) return false;
      known.push(value);
      return true;
    })
    .slice(0, conflictsMax);
}

/** Where the pack says to look comes first; what is found elsewhere counts a little less. */
function candidatesOf(document: Document, field: PackField): Found[] {
  const { where } = field.hints;
  if (where.length === 0) return everyWay(document, field, document.lines);
  const slides = document.lines.map(({ slide }) => slide.slide);
  const wanted = [
    ...(where.includes("cover") ? [Math.min(...slides)] : []),
    ...(where.includes("last") ? [Math.max(...slides)] : []),
  ];
  const inside = document.lines.filter(({ slide }) => wanted.includes(slide.slide));
  const found = everyWay(document, field, inside);
  if (found.length > 0) return found;
  const elsewhere = everyWay(document, field, document.lines);
  return elsewhere.map((one) => ({ ...one, confidence: 0.8 * one.confidence }));
}

function everyWay(document: Document, field: PackField, all: readonly Line[]): Found[] {
  const own = all.filter(({ reference }) => !reference);
  return [
    ...byLabel(document, field, own),
    ...byPattern(field, own),
    ...bySection(document, field, own),
    ...byLooks(document, field, own),
    ...byTerms(field, own),
    ...byNeighbours(document, field, own),
  ];
}

const quotesOf = (lines: readonly Line[]): Evidence[] =>
  lines.slice(0, quotesMax).map(({ slide, text }) => sureEvidenceOf(slide, text));

function byLabel({ setting }: Document, field: PackField, lines: readonly Line[]): Found[] {
  return findLabelled(field.hints.labels, lines).flatMap((found) => {
    const { lines: at, confidence, rank } = found;
    const text = field.type === "list" ? withRest(found, lines) : found.text;
    // With nothing between label and value, a typed value or a label of several words says that it is one.
    const isLoose = at.length === 1 && confidence < 0.9;
    const isTyped = !["text", "list", "person"].includes(field.type);
    const isPlain = found.label.includes(" ") && /^[\p{Lu}\d]/u.test(text);
    if (isLoose && !isTyped && !isPlain) return [];
    const [pattern] = field.hints.patterns.flatMap((name) => findPattern(name, text));
    if (field.hints.patterns.length > 0 && field.type === "text" && pattern === undefined)
      return [];
    const value =
      field.type === "text"
        ? (pattern ?? readValue(field, text, setting, true))
        : readValue(field, text, setting, true);
    return value === null ? [] : [{ value, confidence, rank, evidence: quotesOf(at) }];
  });
}

/** A list that was cut at the edge of its column goes on in the next line. */
function withRest({ text, lines: at }: Labelled, lines: readonly Line[]): string {
  const last = at.at(-1);
  if (last === undefined) return text;
  const next = lines[lines.indexOf(last) + 1];
  return next !== undefined && goesOn(last, next) ? `${text} ${next.text}` : text;
}

function byPattern(field: PackField, lines: readonly Line[]): Found[] {
  const { patterns, near } = field.hints;
  return lines.flatMap((line): Found[] => {
    if (near.length > 0 && !holdsAny(line.text, near)) return [];
    const texts = patterns.flatMap((name) => findPattern(name, line.text));
    const evidence = quotesOf([line]);
    if (field.type === "list") {
      return texts.length > 0 ? [{ value: texts, confidence: surePattern, evidence }] : [];
    }
    return texts.flatMap((text) => {
      const value = field.type === "number" ? Number(text.replace(/[^\d.-]/gu, "")) : text;
      return Number.isNaN(value) ? [] : [{ value, confidence: surePattern, evidence }];
    });
  });
}

function bySection({ body, setting }: Document, field: PackField, lines: readonly Line[]): Found[] {
  return findSections(field.hints.sections, lines, body).flatMap(({ text, lines: at }) => {
    const value = readValue(field, text, setting, true);
    return value === null ? [] : [{ value, confidence: sureSection, evidence: quotesOf(at) }];
  });
}

function byLooks({ setting }: Document, field: PackField, lines: readonly Line[]): Found[] {
  const { prominent } = field.hints;
  if (prominent === null) return [];
  const at = prominent === "largest" ? largestOf(lines) : belowLargest(lines);
  const text = at.map((line) => line.text).join(field.type === "list" ? "\n" : " ");
  const isPeople = field.type === "list" && field.item === "person";
  const value = isPeople ? peopleIn(text) : readValue(field, text, setting, true);
  if (value === null || (Array.isArray(value) && value.length === 0)) return [];
  return [{ value, confidence: sureLooks, evidence: quotesOf(at) }];
}

/** A choice or a yes by the words that speak for it; the more often, the surer. */
function byTerms(field: PackField, lines: readonly Line[]): Found[] {
  if (field.type === "choice") return choicesByTerms(field, lines);
  if (field.type !== "boolean") return [];
  return lines.flatMap(({ slide, text }) =>
    sentencesOf(text).flatMap((sentence) => {
      const { yes, no } = field.hints;
      if (!holdsAny(sentence, [...yes, ...no])) return [];
      const value = booleanOf(field, sentence);
      const confidence = value === false ? 0.75 : 0.7;
      return value === null
        ? []
        : [{ value, confidence, evidence: [sureEvidenceOf(slide, sentence)] }];
    }),
  );
}

function choicesByTerms(field: PackField, lines: readonly Line[]): Found[] {
  const found = new Map<string, { weight: number; evidence: Evidence[] }>();
  const first = lines[0]?.slide;
  for (const { slide, text } of lines) {
    for (const sentence of sentencesOf(text)) {
      const [value] = choicesIn(field, sentence);
      if (value === undefined) continue;
      const known = found.get(value) ?? { weight: 0, evidence: [] };
      const weight = known.weight + (slide === first ? 2 : 1);
      found.set(value, { weight, evidence: [...known.evidence, sureEvidenceOf(slide, sentence)] });
    }
  }
  const total = [...found.values()].reduce((sum, { weight }) => sum + weight, 0);
  return [...found].map(([value, { weight, evidence }]) => ({
    value,
    confidence: Math.min(0.85, 0.35 + 0.5 * (weight / total)),
    evidence,
  }));
}

/** A typed value in a sentence that holds one of the given words. */
function byNeighbours({ setting }: Document, field: PackField, lines: readonly Line[]): Found[] {
  const { near, patterns } = field.hints;
  if (near.length === 0 || patterns.length > 0) return [];
  return lines.flatMap(({ slide, text }) =>
    sentencesOf(text).flatMap((sentence) => {
      if (!holdsAny(sentence, near)) return [];
      const value = readValue(field, sentence, setting, false);
      return value === null
        ? []
        : [{ value, confidence: sureNear, evidence: [sureEvidenceOf(slide, sentence)] }];
    }),
  );
}
