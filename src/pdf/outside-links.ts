import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { isZip, unpack, zipEntries } from "./zip.ts";

const unzip = promisify(gunzip);

/** Elements that lead somewhere when they are clicked, and load nothing. */
const clicked = new Set(["a", "event-listener", "template"]);
/** What a chart was once made from; its values are in the file. */
const chartPart = /(^|\/)charts\/_rels\//;
const depthMax = 4;
const entriesMax = 20_000;
const xmlBytesMax = 64 * 1024 * 1024;

/** What may be unpacked yet: of the whole file, files inside it included. */
interface Budget {
  bytes: number;
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
  for (const entry of entries) {
    if (entry.name.endsWith("/")) continue;
    const data = await unpack(zip, entry, budget.bytes);
    if (data === null) return "It is damaged, or unpacks to too much.";
    budget.bytes -= data.length;
    const found = await lookAt(entry.name, data, budget, depth);
    if (found !== null) return found;
  }
  return null;
}

async function lookAt(
  name: string,
  data: Buffer,
  budget: Budget,
  depth: number,
): Promise<string | null> {
  if (isZip(data)) return lookInside(data, budget, depth + 1);
  if (data.length >= 2 && data.readUInt16BE(0) === 0x1f8b) {
    // A packed SVG.
    const inner = await unzip(data, { maxOutputLength: Math.max(1, budget.bytes) }).catch(
      () => null,
    );
    if (inner === null) return "It is damaged, or unpacks to too much.";
    budget.bytes -= inner.length;
    return depth > depthMax ? "Files lie too deep in it." : lookAt(name, inner, budget, depth + 1);
  }
  return isMarkup(data) || /\.(xml|rels|svg)$/i.test(name) ? linkIn(name, data) : null;
}

/** Begins like XML, in whatever encoding. */
const isMarkup = (data: Buffer): boolean =>
  /^[\s\0\uFEFF\uFFFE\u00EF\u00BB\u00BF\u00FF\u00FE]*</.test(data.toString("latin1", 0, 512));

// No value may hold "<", so that a quote in a comment swallows no element.
const tag = /<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/g;
const attribute = /([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function linkIn(name: string, data: Buffer): string | null {
  if (data.length > xmlBytesMax) return "A part of it is too large.";
  const text = data.toString("utf8");
  // Whatever hides a word from this look: no program for slides writes that.
  const encoding = /^[^<]*<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)/i.exec(text)?.[1] ?? "utf-8";
  if (text.includes("\0") || /^(utf-?8|us-ascii|iso-8859-1)$/i.test(encoding) === false) {
    return "A part of it has an unusual encoding.";
  }
  const isSvgType = /<!DOCTYPE\s+svg\s+PUBLIC\s+"[^"<>]*"\s+"[^"<>]*"\s*>/i;
  if (/<!(DOCTYPE|ENTITY)/i.test(text.replace(isSvgType, ""))) return "A part of it defines words.";
  for (const [found] of text.matchAll(tag)) {
    if (isLoaded(name, found)) return "It loads something from outside itself.";
  }
  return null;
}

const decoded = (text: string): string =>
  text.replace(/&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi, (whole, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** Elements and attributes by their local names, since a prefix may be any. */
function isLoaded(part: string, found: string): boolean {
  const element = localName(/^<([^\s/>]+)/.exec(found)?.[1] ?? "");
  const pairs = [...found.matchAll(attribute)].map(([, name = "", double, single]) => ({
    name: localName(name),
    value: decoded(double ?? single ?? "").trim(),
  }));
  const some = (name: string, test: (value: string) => boolean): boolean =>
    pairs.some((pair) => pair.name === name && test(pair.value));
  if (element === "Relationship") {
    const isOutside = some("TargetMode", (mode) => mode.toLowerCase() === "external");
    const isClicked = some("Type", (type) => type.endsWith("/hyperlink"));
    return isOutside && !isClicked && !chartPart.test(part);
  }
  return !clicked.has(element) && some("href", (target) => !isInside(target));
}

const localName = (name: string): string => name.slice(name.lastIndexOf(":") + 1);

/** A part of the same file, a place in it, or bytes that stand in the address. */
function isInside(target: string): boolean {
  if (target.startsWith("#") || /^data:/i.test(target)) return true;
  const path = target.replaceAll("\\", "/");
  const isAbsolute = path.startsWith("/") || /^[a-z][a-z\d+.-]*:/i.test(path);
  return !isAbsolute && !decodeDots(path).split("/").includes("..");
}

const decodeDots = (path: string): string => path.replace(/%2e/gi, ".").replace(/%2f/gi, "/");
