import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import PDFDocument from "pdfkit";
import { openPdf } from "../src/pdf/index.ts";
import { aureliaCardio } from "./aurelia-cardio.ts";
import { slideHeight, slideWidth } from "./deck-kit.ts";
import { loopFreight } from "./loopfreight.ts";
import { tesseraSlides } from "./tessera.ts";

/** The sample decks by file name. Those of text are the same bytes on every machine. */
export const textDecks: Readonly<Record<string, () => Promise<Buffer>>> = {
  "aurelia-cardio.pdf": aureliaCardio,
  "loopfreight.pdf": loopFreight,
};
export const pictureDecks: Readonly<Record<string, () => Promise<Buffer>>> = {
  "tessera-pictures.pdf": async () => asPictures(await tesseraSlides(), "Tessera"),
};

const pictureEdgePixels = 1400;

/** The same slides without a text layer: each page is one JPEG, as exports of design tools often are. */
async function asPictures(deck: Buffer, title: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "pilotlight-deck-"));
  try {
    const file = join(folder, "slides.pdf");
    await writeFile(file, deck);
    return await drawnFrom(file, title);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function drawnFrom(file: string, title: string): Promise<Buffer> {
  const source = await openPdf(file);
  try {
    const pdf = new PDFDocument({
      size: [slideWidth, slideHeight],
      margin: 0,
      autoFirstPage: false,
      compress: false,
      info: { Title: title, CreationDate: new Date("2026-06-08T09:00:00Z") },
    });
    const chunks: Buffer[] = [];
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    const ended = once(pdf, "end");
    for (let page = 1; page <= source.pages; page += 1) {
      const { jpeg } = await source.render(page, pictureEdgePixels);
      pdf.addPage().image(jpeg, 0, 0, { width: slideWidth, height: slideHeight });
    }
    pdf.end();
    await ended;
    return Buffer.concat(chunks);
  } finally {
    await source.close();
  }
}

/** Writes all decks beside this file. */
async function main(): Promise<void> {
  for (const [name, make] of Object.entries({ ...textDecks, ...pictureDecks })) {
    const bytes = await make();
    await writeFile(new URL(name, import.meta.url), bytes);
    console.log(`${name}: ${Math.ceil(bytes.length / 1000)} kB`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
