import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "./engines/engine.ts";

const source = fileURLToPath(new URL("../", import.meta.url));

/** Whatever decides what comes out for a page: drawing, text, steps, engines, the shape of results. */
const places = [
  "contract/results",
  "core/grounding",
  "core/injection",
  "core/text",
  "pdf",
  "worker/document-store",
  "worker/engines",
  "worker/steps",
];

/**
 * SHA-256 of the code that reads pages and of the packages it stands on, 16 hex digits. A release that
 * reads differently has another one, so that nothing an older one read is taken for its own. Render
 * settings are constants of that code.
 */
export async function readCodeDigest(root = source): Promise<string> {
  const names = (await readdir(root, { recursive: true }))
    .map((name) => name.split(sep).join("/"))
    .filter((name) => places.some((place) => name.startsWith(place)) && isCode(name))
    .sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(`${name}\0`).update(await readFile(join(root, name)));
  hash.update(await packagesOf(root));
  return hash.digest("hex").slice(0, 16);
}

const isCode = (name: string): boolean =>
  /\.(ts|js)$/.test(name) && !/\.(test|d)\.(ts|js)$/.test(name);

/** Versions of PDFium, OCR and the rest; an image that leaves the file out counts as one version. */
async function packagesOf(root: string): Promise<string> {
  const manifest = join(root, "..", "package.json");
  const text = await readFile(manifest, "utf8").catch(() => "{}");
  const { dependencies } = JSON.parse(text) as { dependencies?: unknown };
  return `${relative(root, manifest)}\0${JSON.stringify(dependencies ?? null)}`;
}

/** What a container is made of, as far as it decides what is read there. */
export interface ReaderParts {
  /** null: not known. */
  readonly codeDigest: string | null;
  /** It draws the letters of fonts that a document lacks, so a machine with it sees more; null: not there. */
  readonly poppler: string | null;
}

/**
 * What a container tells of who reads there: `CODE/POPPLER/WEIGHTS`, of which the control plane knows the
 * first part of itself; null: its engine cannot say which weights it has.
 */
export function readerOf(
  { codeDigest, poppler }: ReaderParts,
  engine: Pick<Engine, "digest">,
): string | null {
  const digest = engine.digest?.() ?? null;
  if (codeDigest === null || digest === null) return null;
  return `${codeDigest}/${poppler ?? "none"}/${digest}`.slice(0, 200);
}
