import type { ThinkRequest } from "../engine.ts";

/** What a model answered to one part of a deck. */
export interface PartAnswer {
  /** Numbers of the slides it was shown. */
  readonly slides: readonly number[];
  readonly value: unknown;
}

/**
 * One answer out of the answers to parts of a deck. Nothing that a part quotes is dropped: claims stand
 * side by side, quotes for one value are put together, and another value becomes a conflict. Models may
 * answer anything, so everything here is looked at before it is used; what does not have the asked shape
 * is left for the step to refuse.
 */
export function mergeAnswers(ask: ThinkRequest["ask"], parts: readonly PartAnswer[]): unknown {
  if (parts.length === 1) return parts[0]?.value;
  const objects = parts.flatMap(({ slides, value }) =>
    isObject(value) ? [{ slides, value }] : [],
  );
  // A part without an answer would be a part silently left out.
  if (objects.length < parts.length) return null;
  const answers = objects.map(({ value }) => value);
  switch (ask.kind) {
    case "extractions":
      return mergeFields(answers, extractionKinds);
    case "fields":
      return mergeFields(answers, new Map(ask.fields.map(({ name, type }) => [name, type])));
    case "template": {
      const order = ask.chapter.questions.map((question) => question.id);
      return mergeTemplate(answers, order);
    }
    default:
      return mergeSpecialised(objects);
  }
}

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (object: JsonObject, key: string): unknown[] => {
  const value = object[key];
  return Array.isArray(value) ? value : [];
};

const numberOf = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? value : -1;

const isStated = (value: unknown): boolean => value !== null && value !== undefined;

/** The first of the highest: between equals the earlier slides win. */
function best<T>(items: readonly T[], rank: (item: T) => number): T | undefined {
  let found: T | undefined;
  for (const item of items) if (found === undefined || rank(item) > rank(found)) found = item;
  return found;
}

/** Whether two answers can be held against each other: two sentences always differ. */
const extractionKinds: ReadonlyMap<string, string> = new Map([["company_offering", "text"]]);

/** Below this a part was guessing, which contradicts nothing. */
const conflictConfidenceMin = 0.6;

/** Field by field the most confident; "not stated" in one part never beats a value in another. */
function mergeFields(
  answers: readonly JsonObject[],
  kinds: ReadonlyMap<string, string>,
): JsonObject {
  const fields = new Set(answers.flatMap((answer) => Object.keys(answer)));
  return Object.fromEntries(
    [...fields].map((field) => {
      const given = answers.map((answer) => answer[field]).filter((value) => value !== undefined);
      return [field, mergeField(given, kinds.get(field))];
    }),
  );
}

function mergeField(given: readonly unknown[], kind: string | undefined): unknown {
  const chosen = best(given, confidenceOf);
  if (!isObject(chosen) || !isStated(chosen.value)) return chosen;
  const others = given.filter(isObject).filter((one) => one !== chosen && isStated(one.value));
  if (kind === "list") return mergeList(chosen, others);
  const agreeing = kind === "text" ? others : others.filter((one) => isSame(one, chosen));
  const conflicts = others
    .filter((one) => kind !== "text" && !isSame(one, chosen))
    .filter(({ confidence }) => numberOf(confidence) >= conflictConfidenceMin)
    .map(({ value, evidence }) => ({ value, evidence: evidence ?? [] }));
  const told = [...[chosen, ...others].flatMap((one) => listOf(one, "conflicts")), ...conflicts];
  return {
    ...chosen,
    ...evidenceOf([chosen, ...agreeing]),
    ...(told.length === 0 ? {} : { conflicts: told }),
  };
}

/** A list goes on from part to part: authors on the first page, more of them on the last. */
function mergeList(chosen: JsonObject, others: readonly JsonObject[]): JsonObject {
  const all = [chosen, ...others];
  return {
    ...chosen,
    value: distinct(all.flatMap((one) => listOf(one, "value"))),
    ...evidenceOf(all),
  };
}

const keyOf = (value: unknown): string => JSON.stringify(value)?.toLowerCase() ?? "";
const isSame = (one: JsonObject, other: JsonObject): boolean =>
  keyOf(one.value) === keyOf(other.value);

function distinct(items: readonly unknown[]): unknown[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** Every quote of these answers, each once; nothing where none has any. */
function evidenceOf(answers: readonly JsonObject[]): { evidence?: unknown[] } {
  const quotes = distinct(answers.flatMap((answer) => listOf(answer, "evidence")));
  return quotes.length === 0 ? {} : { evidence: quotes };
}

function confidenceOf(field: unknown): number {
  if (!isObject(field)) return -1;
  // A part without a word of health says nothing about the company; one that has them does.
  const denies = isObject(field.value) && field.value.is_healthcare === false;
  return numberOf(field.confidence) + (isStated(field.value) ? 2 : 0) - (denies ? 0.5 : 0);
}

/** Question by question the best score with the quotes of all parts, in the order of the chapter. */
function mergeTemplate(answers: readonly JsonObject[], order: readonly string[]): JsonObject {
  const given = answers.flatMap((answer) => listOf(answer, "questions")).filter(isObject);
  const known = [...order, ...given.map((answer) => answer.id)];
  const questions = [...new Set(known)].flatMap((id) => {
    const own = given.filter((answer) => answer.id === id);
    const chosen = best(own, scoreOf);
    if (chosen === undefined) return [];
    return [{ ...chosen, ...evidenceOf([chosen, ...own.filter((one) => one !== chosen)]) }];
  });
  return { ...answers[0], questions };
}

/** Between equal scores, an answer beats silence. */
const scoreOf = (answer: JsonObject): number =>
  numberOf(answer.score) + (isStated(answer.answer) ? 0.5 : 0);

/** Claims and gaps of all parts that apply, each once, and what each part says in short. */
function mergeSpecialised(parts: readonly { slides: readonly number[]; value: JsonObject }[]) {
  const applying = parts.filter(({ value }) => value.applicable !== false);
  const counted = applying.length === 0 ? parts : applying;
  const answers = counted.map(({ value }) => value);
  const main = best(answers, (answer) => listOf(answer, "claims").length) ?? {};
  return {
    ...main,
    summary: summaryOf(counted) ?? main.summary,
    score: best(
      answers.map((answer) => answer.score),
      numberOf,
    ),
    claims: mergeClaims(answers.flatMap((answer) => listOf(answer, "claims"))),
    missing: mergeMissing(answers.flatMap((answer) => listOf(answer, "missing"))),
  };
}

function summaryOf(parts: readonly { slides: readonly number[]; value: JsonObject }[]) {
  const told = parts.flatMap(({ slides, value: { summary } }) =>
    typeof summary === "string" && summary.trim() !== "" ? [{ slides, summary }] : [],
  );
  if (told.length < 2) return told[0]?.summary ?? null;
  return told.map(({ slides, summary }) => `${nameOf(slides)}: ${summary.trim()}`).join("\n");
}

const nameOf = (slides: readonly number[]): string => {
  const [first, last] = [slides[0] ?? 0, slides.at(-1) ?? 0];
  return first === last ? `Slide ${first}` : `Slides ${first} to ${last}`;
};

/** The same words twice are one claim, with the quotes of both. */
const mergeClaims = (claims: readonly unknown[]): unknown[] =>
  byWords(claims, "claim", (one, other) => ({ ...one, ...evidenceOf([one, other]) }));

/** The same gap twice is one gap, raised by the slides of both. */
const mergeMissing = (items: readonly unknown[]): unknown[] =>
  byWords(items, "what", (one, other) => {
    const slides = distinct([...listOf(one, "slides"), ...listOf(other, "slides")]);
    return slides.length === 0 ? one : { ...one, slides };
  });

/** Joins what has the same words under `key`; what has no such words is kept for the step to judge. */
function byWords(
  items: readonly unknown[],
  key: string,
  join: (one: JsonObject, other: JsonObject) => JsonObject,
): unknown[] {
  const kept: unknown[] = [];
  const places = new Map<string, number>();
  for (const item of items) {
    const text = isObject(item) ? item[key] : undefined;
    const words = typeof text === "string" ? text.toLowerCase().replace(/\s+/g, " ").trim() : null;
    const place = words === null ? undefined : places.get(words);
    const before = place === undefined ? undefined : kept[place];
    if (place !== undefined && isObject(before) && isObject(item)) {
      kept[place] = join(before, item);
      continue;
    }
    if (words !== null) places.set(words, kept.length);
    kept.push(item);
  }
  return kept;
}
