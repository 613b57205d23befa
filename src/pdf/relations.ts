import type { Tag } from "./markup.ts";

/** For each part of an office file the ids of its harmless relations to the outside, and who may name them. */
export type OutsideRelations = Map<string, Map<string, ReadonlySet<string>>>;

interface Harmless {
  readonly type: RegExp;
  readonly namedBy: ReadonlySet<string>;
  readonly mayLeadTo: (target: string) => boolean;
}

/**
 * Relations that may lead out of a file: a page that is opened by a click, and what a chart was once made from,
 * whose values are in the file. A type is only what a relation says of itself. LibreOffice asks for a
 * relation by its id alone, so that a picture may name a "hyperlink": what matters is which element names it.
 */
const harmless: readonly Harmless[] = [
  {
    type: /\/hyperlink$/,
    namedBy: new Set(["hlinkClick", "hlinkHover", "hlinkMouseOver", "hyperlink"]),
    mayLeadTo: (target) => /^(https?|mailto|tel):/i.test(target) || isInside(target),
  },
  {
    type: /\/(oleObject|package)$/,
    namedBy: new Set(["externalData"]),
    mayLeadTo: () => true,
  },
];

/** The name of a part however it is written: LibreOffice is not strict about it. */
export const partOf = (name: string): string =>
  name
    .replaceAll("\\", "/")
    .toLowerCase()
    .split("/")
    .filter((word) => word !== "" && word !== ".")
    .join("/");

/** The part whose relations a file of this name tells; null: it tells none. */
export function relatedPart(name: string): string | null {
  const found = /^(.*\/)?_rels\/([^/]*)\.rels$/.exec(partOf(name));
  return found === null ? null : `${found[1] ?? ""}${found[2]}`;
}

/** Notes a relation that is harmless unless the wrong element names it. @returns false: it is not */
export function noteRelation(name: string, { attributes }: Tag, noted: OutsideRelations): boolean {
  const valuesOf = (word: string): string[] =>
    attributes.filter((one) => one.name === word).map((one) => one.value);
  if (!valuesOf("TargetMode").some((mode) => mode.toLowerCase() === "external")) return true;
  const part = relatedPart(name);
  // One of each: of two with one local name it is not known which counts.
  const [id, ...ids] = valuesOf("Id");
  const [type, ...types] = valuesOf("Type");
  const [target, ...targets] = valuesOf("Target");
  if (part === null || id === undefined || ids.length + types.length + targets.length > 0)
    return false;
  const kind = harmless.find((one) => one.type.test(type ?? ""));
  const ofPart = noted.get(part) ?? new Map<string, ReadonlySet<string>>();
  if (!kind?.mayLeadTo(target ?? "") || ofPart.has(id)) return false;
  noted.set(part, ofPart.set(id, kind.namedBy));
  return true;
}

/** Whether an element names a relation that others may name, and it may not. */
export function isMisused(
  name: string,
  { element, attributes }: Tag,
  noted: OutsideRelations,
): boolean {
  const ofPart = noted.get(partOf(name));
  if (ofPart === undefined) return false;
  return attributes.some(({ value }) => ofPart.get(value)?.has(element) === false);
}

/** A part of the same file, a place in it, or bytes that stand in the address. */
export function isInside(target: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a reader may leave them out
  const path = target.replace(/[\0-\x1f]/g, "").replaceAll("\\", "/");
  if (path.startsWith("#") || /^data:/i.test(path)) return true;
  const isAbsolute = path.startsWith("/") || /^[a-z][a-z\d+.-]*:/i.test(path);
  return !isAbsolute && !decodeDots(path).split("/").includes("..");
}

const decodeDots = (path: string): string => path.replace(/%2e/gi, ".").replace(/%2f/gi, "/");
