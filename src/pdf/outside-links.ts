import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type Tag, tagsOf } from "./markup.ts";
import {
  isInside,
  isMisused,
  noteRelation,
  type OutsideRelations,
  partOf,
  relatedPart,
} from "./relations.ts";
import { isZip, unpack, type ZipEntry, zipEntries } from "./zip.ts";

const unzip = promisify(gunzip);

/** Elements that lead somewhere when they are clicked, and load nothing. */
const clicked = new Set(["a", "event-listener", "template"]);
/** Attributes whose value is an address; that of a form's picture is none of XLink's. */
const addresses = new Set(["href", "image-data"]);
const depthMax = 4;
const entriesMax = 20_000;
const xmlBytesMax = 64 * 1024 * 1024;

/** What may be unpacked yet: of the whole file, files inside it included. */
interface Budget {
  bytes: number;
}

/** One zip, of those that may lie in each other. */
interface Look {
  readonly budget: Budget;
  readonly depth: number;
  readonly relations: OutsideRelations;
}

/**
 * Why an office file must not be opened: it would load something from outside itself, a file of this machine or
 * an address, or it cannot be told. null: nothing of that. LibreOffice 7.4 follows such links while it converts
 * whatever its settings say, so that a picture of one document could come from the files of another.
 */
export async function outsideLink(file: Buffer, bytesMax: number): Promise<string | null> {
  return lookInside(file, { bytes: bytesMax }, 0);
}

async function lookInside(zip: Buffer, budget: Budget, depth: number): Promise<string | null> {
  const entries = zipEntries(zip);
  if (entries === null || entries.length > entriesMax) return "It is damaged.";
  if (depth > depthMax) return "Files lie too deep in it.";
  const look: Look = { budget, depth, relations: new Map() };
  for (const entry of relationsFirst(entries)) {
    if (entry.name.endsWith("/")) continue;
    const data = await unpack(zip, entry, budget.bytes);
    if (data === null) return "It is damaged, or unpacks to too much.";
    budget.bytes -= data.length;
    const found = await lookAt(entry.name, data, look);
    if (found !== null) return found;
  }
  // Who names them was not seen where their part was not.
  const parts = new Set(entries.map(({ name }) => partOf(name)));
  return [...look.relations.keys()].every((part) => parts.has(part)) ? null : loads;
}

/** What an element may name depends on the relations of its part. */
const relationsFirst = (entries: readonly ZipEntry[]): ZipEntry[] =>
  entries.toSorted((a, b) => rank(a.name) - rank(b.name));
const rank = (name: string): number => (relatedPart(name) === null ? 1 : 0);

async function lookAt(name: string, data: Buffer, look: Look): Promise<string | null> {
  const { budget, depth } = look;
  if (isZip(data)) return lookInside(data, budget, depth + 1);
  if (data.length >= 2 && data.readUInt16BE(0) === 0x1f8b) {
    // A packed SVG.
    const inner = await unzip(data, { maxOutputLength: Math.max(1, budget.bytes) }).catch(
      () => null,
    );
    if (inner === null) return "It is damaged, or unpacks to too much.";
    budget.bytes -= inner.length;
    if (depth > depthMax) return "Files lie too deep in it.";
    return lookAt(name, inner, { ...look, depth: depth + 1 });
  }
  return isMarkup(data) || /\.(xml|rels|svg)$/i.test(name) ? linkIn(name, data, look) : null;
}

/** Begins like XML, in whatever encoding. */
const isMarkup = (data: Buffer): boolean =>
  /^[\s\0\uFEFF\uFFFE\u00EF\u00BB\u00BF\u00FF\u00FE]*</.test(data.toString("latin1", 0, 512));

function linkIn(name: string, data: Buffer, look: Look): string | null {
  if (data.length > xmlBytesMax) return "A part of it is too large.";
  const text = data.toString("utf8");
  // Whatever hides a word from this look: no program for slides writes that.
  const encoding = /^[^<]*<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)/i.exec(text)?.[1] ?? "utf-8";
  if (text.includes("\0") || /^(utf-?8|us-ascii|iso-8859-1)$/i.test(encoding) === false) {
    return "A part of it has an unusual encoding.";
  }
  const isSvgType = /<!DOCTYPE\s+svg\s+PUBLIC\s+"[^"<>]*"\s+"[^"<>]*"\s*>/i;
  if (/<!(DOCTYPE|ENTITY)/i.test(text.replace(isSvgType, ""))) return "A part of it defines words.";
  for (const tag of tagsOf(text)) {
    if (isLoaded(name, tag, look.relations)) return loads;
  }
  return null;
}

const loads = "It loads something from outside itself.";

function isLoaded(name: string, tag: Tag, relations: OutsideRelations): boolean {
  if (tag.element === "Relationship") return !noteRelation(name, tag, relations);
  if (isMisused(name, tag, relations)) return true;
  const isAddress = (attribute: string): boolean => addresses.has(attribute);
  return (
    !clicked.has(tag.element) &&
    tag.attributes.some((one) => isAddress(one.name) && !isInside(one.value))
  );
}
