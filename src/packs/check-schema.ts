import { Ajv2020 } from "ajv/dist/2020.js";
import { patternedLengthMax, patternProblem } from "./check-pattern.ts";
import type { Problems } from "./problems.ts";

/**
 * Longest array a schema may ask for. Model servers that turn schemas into grammars refuse a repetition
 * of 2,000; an array costs one more than its bound.
 */
const itemsMax = 1_900;
/**
 * Longest string. Above 1,900 letters the grammar leaves the bound out: nothing is cut while it is written, and
 * an answer that passes it is refused.
 */
const lengthMax = 20_000;

const depthMax = 32;
/** One of these says what a value may be. */
const typeWords = ["type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf"] as const;
/** Where schemas stand in a schema: by names, in a list, alone. Those of `patternProperties` are not taken at all. */
const childMaps = ["properties", "$defs", "definitions", "dependentSchemas", "dependencies"];
const childLists = ["anyOf", "oneOf", "allOf", "prefixItems"];
const childWords = [
  ...["items", "contains", "unevaluatedItems", "contentSchema"],
  ...["additionalProperties", "unevaluatedProperties", "propertyNames"],
  ...["not", "if", "then", "else"],
];
/** What stands there speaks of the same value as the schema around it. */
const partWords = new Set([
  ...["anyOf", "oneOf", "allOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"],
]);

const strictly = { strict: true, strictTypes: false, allErrors: true, logger: false } as const;

/** What knows the language: once for all schemas of a pack, since it takes longer to make than a schema to check. */
export const schemaLanguage = (): Ajv2020 =>
  // What it compiles is never run, and so not worth an effort.
  new Ajv2020({ ...strictly, code: { optimize: false } });

/**
 * Checks that a JSON Schema asks for an object and leaves nothing unbounded: without bounds a model
 * that starts to repeat itself fills its whole context.
 */
export function checkSchema(
  file: string,
  schema: unknown,
  problems: Problems,
  language = schemaLanguage(),
): void {
  if (!isObject(schema)) {
    problems.add(file, "", "must be a JSON object");
    return;
  }
  if (schema.type !== "object") problems.add(file, "type", "must be object");
  checkLanguage(file, schema, problems, language);
  checkNode(file, "", schema, 0, problems);
}

/** Whether it is JSON Schema at all, with no word that the language does not know. */
function checkLanguage(
  file: string,
  schema: Record<string, unknown>,
  problems: Problems,
  language: Ajv2020,
): void {
  try {
    language.compile(schema);
  } catch (error) {
    problems.add(file, "", error instanceof Error ? error.message : String(error));
  } finally {
    // By its ids it would be known to the next one.
    language.removeSchema();
  }
}

/** `isTyped`: the node around it says already what the value may be, as around `anyOf: [{required: ...}]`. */
function checkNode(
  file: string,
  path: string,
  node: unknown,
  depth: number,
  problems: Problems,
  isTyped = false,
): void {
  if (node === true) problems.add(file, path, anything);
  if (!isObject(node)) return;
  if (depth > depthMax) {
    problems.add(file, path, "is nested too deeply");
    return;
  }
  if (!isTyped && !typeWords.some((word) => word in node)) problems.add(file, path, anything);
  checkBounds(file, path, node, problems);
  for (const { key, child, isPart } of childrenOf(node)) {
    checkNode(
      file,
      at(path, key),
      child,
      depth + 1,
      problems,
      isPart && (isTyped || "type" in node),
    );
  }
}

const anything = "needs a type: without one anything is allowed, of any length";

function checkBounds(
  file: string,
  path: string,
  node: Record<string, unknown>,
  problems: Problems,
): void {
  const types = [node.type].flat();
  if (typeof node.pattern === "string") {
    const problem = patternProblem(node.pattern);
    if (problem !== null) problems.add(file, at(path, "pattern"), problem);
    if (!isBound(node.maxLength, patternedLengthMax)) {
      problems.add(
        file,
        path,
        `a string with a pattern needs maxLength, at most ${patternedLengthMax}`,
      );
    }
  }
  if ("patternProperties" in node) {
    problems.add(file, at(path, "patternProperties"), "is not taken: name the properties");
  }
  if (typeof node.$ref === "string" && !leadsToSchema(node.$ref)) {
    problems.add(file, at(path, "$ref"), "must lead to a schema, such as #/$defs/NAME");
  }
  const fixed = "enum" in node || "const" in node;
  if (types.includes("string") && !fixed && !isBound(node.maxLength, lengthMax)) {
    problems.add(file, path, `a string needs maxLength, at most ${lengthMax}`);
  }
  if (types.includes("array") && !isBound(node.maxItems, itemsMax)) {
    problems.add(file, path, `an array needs maxItems, at most ${itemsMax}`);
  }
  if (types.includes("array") && !("items" in node || "prefixItems" in node)) {
    problems.add(file, path, "an array needs items");
  }
  if (types.includes("object") && node.additionalProperties !== false) {
    problems.add(file, path, "an object needs additionalProperties: false");
  }
}

const at = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

const isBound = (value: unknown, most: number): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

interface Child {
  readonly key: string;
  readonly child: unknown;
  /** Speaks of the same value as the node it stands in. */
  readonly isPart: boolean;
}

function childrenOf(node: Record<string, unknown>): Child[] {
  const named = childMaps.flatMap((map) =>
    Object.entries(isObject(node[map]) ? node[map] : {}).map(([name, child]) => ({
      ...{ key: `${map}.${name}`, child, isPart: partWords.has(map) },
    })),
  );
  const listed = childLists.flatMap((list) =>
    (Array.isArray(node[list]) ? node[list] : []).map((child: unknown, index) => ({
      ...{ key: `${list}[${index}]`, child, isPart: partWords.has(list) },
    })),
  );
  const alone = childWords.map((key) => ({ key, child: node[key], isPart: partWords.has(key) }));
  return [...named, ...listed, ...alone];
}

/** Whether a reference leads to what is checked as a schema: a pointer could also lead into an example. */
function leadsToSchema(reference: string): boolean {
  const fragment = decoded(reference.split("#").slice(1).join("#"));
  if (fragment === null) return false;
  if (!fragment.startsWith("/")) return true;
  const words = fragment.slice(1).split("/");
  while (words.length > 0) {
    const word = words.shift() ?? "";
    const next = childWords.includes(word) ? "" : words.shift();
    const isList = childLists.includes(word) && /^\d+$/.test(next ?? "");
    if (!childWords.includes(word) && !isList && !(childMaps.includes(word) && next)) return false;
  }
  return true;
}

function decoded(fragment: string): string | null {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
