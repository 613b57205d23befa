import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import PDFDocument from "pdfkit";
import { seededRandom } from "../src/lib/random.ts";

const topics = [
  "Problem",
  "Solution",
  "Product",
  "How it works",
  "Market",
  "Competition",
  "Business model",
  "Traction",
  "Clinical evidence",
  "Regulatory pathway",
  "Technology",
  "Go to market",
  "Team",
  "Advisors",
  "Roadmap",
  "Financials",
  "Unit economics",
  "Risks",
  "The ask",
  "Contact",
];
const words =
  "patients hospitals sensor study cohort revenue margin device monitoring readmission care clinic data platform pilot contract nurse outcome trial endpoint cost".split(
    " ",
  );

/** A deck with a text layer: every slide has a title, ten lines, a small table and a drawn chart. */
export async function writeDeck(path: string, slides: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const pick = (): string => words[Math.floor(random.next() * words.length)] ?? "care";
  const pdf = new PDFDocument({ size: [960, 540], margin: 48, autoFirstPage: false });
  const out = createWriteStream(path);
  pdf.pipe(out);
  for (let slide = 0; slide < slides; slide += 1) {
    pdf.addPage();
    const topic = slide === 0 ? `Benchmark Health ${seed}` : topics[slide % topics.length];
    pdf
      .fillColor("#102a43")
      .fontSize(34)
      .text(topic ?? "Slide", 48, 40);
    pdf.fillColor("#243b53").fontSize(16);
    for (let line = 0; line < 10; line += 1) {
      const sentence = Array.from({ length: 9 }, pick).join(" ");
      pdf.text(`${sentence} ${Math.floor(random.next() * 900)} %`, 48, 110 + line * 26, {
        lineBreak: false,
      });
    }
    for (let bar = 0; bar < 8; bar += 1) {
      const height = 20 + random.next() * 180;
      pdf.rect(640 + bar * 32, 460 - height, 22, height).fill("#2f80ed");
    }
    pdf
      .fillColor("#627d98")
      .fontSize(11)
      .text(`Slide ${slide + 1}, seed ${seed}`, 48, 500, { lineBreak: false });
  }
  pdf.end();
  await finished(out);
}
