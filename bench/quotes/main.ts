/**
 * `npm run quotes -- --decks FOLDER`: reads the decks, then looks for every quote of every result on the
 * slide it names, by programs that are not ours: pdftotext, and where that does not have it, tesseract on
 * a picture of the page. Our own mark `grounded` is not looked at. Prints the share and every quote that
 * was not found; ends with 1 below 98 %. `--quotes FILE` takes quotes that `pilotlight eval --quotes` wrote.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wilson } from "../../src/core/slo/wilson.ts";
import { stands } from "./match.ts";
import { layerTexts, looks, needPrograms, ocrText } from "./page-texts.ts";

const goal = 0.98;
/** Of a quote's letters and digits; OCR of ours and of theirs both misread some. */
const bounds = { layer: { share: 0.1 }, ocr: { share: 0.2 } } as const;

interface Quote {
  readonly task: string;
  readonly place: string;
  readonly slide: number;
  readonly quote: string;
}
interface Deck {
  readonly file: string;
  readonly sha256: string;
  readonly quotes: readonly Quote[];
}
type Where = "pdftotext" | "OCR" | null;

const { values } = parseArgs({
  options: {
    decks: { type: "string" },
    quotes: { type: "string" },
    only: { type: "string" },
    cache: { type: "string", default: join(tmpdir(), "pilotlight-quotes-ocr") },
  },
});
if (values.decks === undefined) throw new Error("Say where the decks are: --decks FOLDER");
const folder = resolve(values.decks);
await needPrograms();
await mkdir(values.cache, { recursive: true });
const decks = await readQuotes();
const tally = new Map<string, { found: number; all: number }>();
const ways = { pdftotext: 0, OCR: 0 };
const lost: string[] = [];
const layers: Record<string, Promise<string[]>> = {};
for (const deck of decks) {
  for (const quote of deck.quotes) {
    const where = await whereOf(deck, quote);
    const count = tally.get(quote.task) ?? { found: 0, all: 0 };
    tally.set(quote.task, { found: count.found + (where ? 1 : 0), all: count.all + 1 });
    if (where === null) {
      lost.push(
        `${deck.file}  slide ${quote.slide}  ${quote.task}.${quote.place}\n    ${JSON.stringify(quote.quote)}`,
      );
    } else ways[where] += 1;
  }
  console.error(`${deck.file}: ${deck.quotes.length} quotes`);
}
report();

async function readQuotes(): Promise<Deck[]> {
  if (values.quotes !== undefined)
    return JSON.parse(await readFile(values.quotes, "utf8")) as Deck[];
  const home = await mkdtemp(join(tmpdir(), "pilotlight-quotes-"));
  try {
    const file = join(home, "quotes.json");
    const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
    const only = values.only === undefined ? [] : ["--only", values.only];
    const words = ["eval", "--decks", folder, "--quotes", file, ...only];
    const child = spawn(process.execPath, ["--import", "tsx", main, ...words], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    await new Promise((done) => child.once("close", done));
    return JSON.parse(await readFile(file, "utf8")) as Deck[];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function whereOf({ file, sha256 }: Deck, { slide, quote }: Quote): Promise<Where> {
  const path = join(folder, file);
  for (const text of await layer(path, slide)) {
    if (stands(quote, text, bounds.layer)) return "pdftotext";
  }
  for (const look of looks) {
    if (stands(quote, await ocrText(path, sha256, slide, look, values.cache), bounds.ocr))
      return "OCR";
  }
  return null;
}

/** Read once for all quotes of a page. */
async function layer(path: string, page: number): Promise<string[]> {
  layers[`${path}#${page}`] ??= layerTexts(path, page);
  return (await layers[`${path}#${page}`]) ?? [];
}

function report(): void {
  for (const [task, { found, all }] of tally) {
    console.log(`${task.padEnd(26)} ${found} of ${all}`);
  }
  const all = lost.length + ways.pdftotext + ways.OCR;
  const { share, low, high } = wilson(all - lost.length, all);
  const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
  console.log(
    `${all - lost.length} of ${all} quotes found on their slide: ${percent(share ?? 0)} (95 %: ${percent(low)} to ${percent(high)}); ${ways.pdftotext} by pdftotext, ${ways.OCR} by tesseract`,
  );
  console.log(
    `bounds: ${bounds.layer.share * 100} % of the letters may differ in pdftotext's text, ${bounds.ocr.share * 100} % in OCR; goal ${goal * 100} %`,
  );
  for (const line of lost) console.log(`not found: ${line}`);
  process.exitCode = all > 0 && (share ?? 0) >= goal ? 0 : 1;
}
