import { once } from "node:events";
import { readFile } from "node:fs/promises";
import PDFDocument from "pdfkit";
import { example } from "./product.ts";

export interface DeckOptions {
  /** Points; a slide's usual size when absent. */
  readonly size?: readonly [number, number];
  readonly password?: string;
  readonly ownerPassword?: string;
}

/** A PDF with these words on its pages, a text a page. */
export async function deckOf(texts: readonly string[], options: DeckOptions = {}): Promise<Buffer> {
  const { size = [960, 540], password, ownerPassword } = options;
  const pdf = new PDFDocument({
    size: [...size],
    margin: 40,
    autoFirstPage: false,
    info: { CreationDate: new Date("2026-05-04T09:00:00Z") },
    ...(password === undefined ? {} : { userPassword: password }),
    ...(ownerPassword === undefined ? {} : { ownerPassword }),
  });
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = once(pdf, "end");
  for (const text of texts) pdf.addPage().fontSize(28).text(text);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

/** A small pitch deck of a company of this name; every name gives other bytes. */
export const smallDeck = (company: string, slides = 3): Promise<Buffer> =>
  deckOf(
    [
      `${company}\nRoute planning for small carriers\nSeed deck, May 2026`,
      `The problem\nHalf of all trucks of ${company}'s customers drive home empty.`,
      `The ask\n${company} raises a seed round of USD 2 million for 18 months.`,
      `The team\nTwo founders of ${company} with ten years in freight.`,
    ].slice(0, slides),
  );

/** A PDF whose page tree names no page; otherwise in order. */
export function deckWithoutPages(): Buffer {
  const objects = ["<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [] /Count 0>>"];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const trailer = `trailer\n<</Root 1 0 R /Size 3>>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(`${text}xref\n0 3\n0000000000 65535 f \n${places.join("")}${trailer}`);
}

/** One of the sample decks. */
export const sampleDeck = (name: string): Promise<Buffer> => readFile(example(name));
