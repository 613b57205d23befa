import { execFile } from "node:child_process";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";

/** Texts of one page as other programs read it: poppler's pdftotext and Debian's tesseract. */

const run = promisify(execFile);
const outputBytesMax = 64 * 1024 * 1024;
const dpi = 200;

/** Fails with a sentence when one of the programs is missing. */
export async function needPrograms(): Promise<void> {
  for (const [program, option] of [
    ["pdftotext", "-v"],
    ["pdftoppm", "-v"],
    ["tesseract", "--version"],
  ] as const) {
    await run(program, [option]).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") return;
      throw new Error(`${program} is missing: apt install poppler-utils tesseract-ocr`);
    });
  }
}

/** The text layer of a page in both of pdftotext's orders. */
export async function layerTexts(file: string, page: number): Promise<string[]> {
  const read = async (order: "-layout" | "-raw"): Promise<string> => {
    const words = [order, "-enc", "UTF-8", "-f", String(page), "-l", String(page), file, "-"];
    return (await run("pdftotext", words, { maxBuffer: outputBytesMax })).stdout;
  };
  return [await read("-layout"), await read("-raw")];
}

/** Ways to look at the picture of a page, the usual one first. */
export const looks = [
  { name: "page", psm: "3", turn: 0, invert: false },
  { name: "sparse", psm: "11", turn: 0, invert: false },
  { name: "inverted", psm: "11", turn: 0, invert: true },
  { name: "enlarged", psm: "11", turn: 0, invert: false, enlarge: 2 },
  { name: "green", psm: "11", turn: 0, invert: false, channel: 1 },
  { name: "local", psm: "11", turn: 0, invert: false, local: 64 },
  { name: "turned-90", psm: "3", turn: 90, invert: false },
  { name: "turned-270", psm: "3", turn: 270, invert: false },
] as const;
export type Look = (typeof looks)[number];

/** Reads the picture of a page by OCR, once: later calls take the text from `cache`. */
export async function ocrText(
  file: string,
  sha256: string,
  page: number,
  look: Look,
  cache: string,
): Promise<string> {
  const folder = join(cache, sha256);
  const name = join(folder, `${page}-${dpi}-${look.name}`);
  const known = await readFile(`${name}.txt`, "utf8").catch(() => null);
  if (known !== null) return known;
  await mkdir(folder, { recursive: true });
  const picture = await pictureOf(file, join(folder, `${page}-${dpi}`), page);
  const turned = `${name}.png`;
  // White on a pastel ground differs in one channel, and is gone in the mean of all three.
  const upright = sharp(picture).rotate(look.turn);
  let seen = "channel" in look ? upright.extractChannel(look.channel) : upright.greyscale();
  if ("local" in look) seen = seen.clahe({ width: look.local, height: look.local });
  if (look.invert) seen = seen.negate();
  if ("enlarge" in look) {
    const { width = 0 } = await sharp(picture).metadata();
    seen = seen.resize({ width: width * look.enlarge });
  }
  await seen.png().toFile(turned);
  const env = { ...process.env, OMP_THREAD_LIMIT: "1" };
  const words = [turned, "-", "--psm", look.psm, "-l", "eng"];
  const { stdout } = await run("tesseract", words, { maxBuffer: outputBytesMax, env });
  await rm(turned);
  await writeFile(`${name}.txt`, stdout);
  return stdout;
}

async function pictureOf(file: string, base: string, page: number): Promise<string> {
  const picture = `${base}.png`;
  const isThere = await access(picture).then(
    () => true,
    () => false,
  );
  if (isThere) return picture;
  // A page of unusual size would be a picture of gigabytes.
  const edgeMax = 3200;
  const words = ["-png", "-singlefile", "-f", String(page), "-l", String(page)];
  const { stdout } = await run("pdfinfo", ["-f", String(page), "-l", String(page), file]);
  const [, width = "720", height = "540"] = /size:\s+([\d.]+) x ([\d.]+)/.exec(stdout) ?? [];
  const edge = (Math.max(Number(width), Number(height)) / 72) * dpi;
  const size = edge > edgeMax ? ["-scale-to", String(edgeMax)] : ["-r", String(dpi)];
  await run("pdftoppm", [...words, ...size, file, base]);
  return picture;
}
