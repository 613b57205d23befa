import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";

/** Compressed as a proxy does it: bytes over the network. */
export interface Sized {
  readonly file: string;
  readonly gzipBytes: number;
}

const sizeOf = async (root: string, file: string): Promise<Sized> => ({
  file,
  gzipBytes: gzipSync(await readFile(join(root, file))).length,
});

/** Scripts and styles that a browser asks for when it opens an address the first time. */
export async function firstLoad(page: Page, url: string, root: string): Promise<readonly Sized[]> {
  const files = new Set<string>();
  const note = (address: string): void => {
    const { pathname } = new URL(address);
    if (/\.(js|css)$/.test(pathname)) files.add(pathname.slice(1));
  };
  page.on("request", (request) => note(request.url()));
  await page.goto(url, { waitUntil: "load" });
  // Until it shows something: what is asked for before that keeps a person waiting.
  await page.getByRole("heading", { level: 1 }).waitFor();
  page.removeAllListeners("request");
  return Promise.all([...files].map((file) => sizeOf(root, file)));
}

/** All other scripts of the build: each is loaded when it is needed. */
export async function lazyChunks(
  root: string,
  loaded: readonly Sized[],
): Promise<readonly Sized[]> {
  const known = new Set(loaded.map(({ file }) => file));
  const files = (await readdir(join(root, "assets")))
    .filter((name) => name.endsWith(".js"))
    .map((name) => `assets/${name}`)
    .filter((file) => !known.has(file));
  const sized = await Promise.all(files.map((file) => sizeOf(root, file)));
  return sized.toSorted((a, b) => b.gzipBytes - a.gzipBytes);
}
