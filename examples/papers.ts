import { once } from "node:events";
import PDFDocument from "pdfkit";

/** A4 in points, with the margins most journals have. */
const page = { width: 595, height: 842, edge: 54 } as const;
const gutter = 18;

export interface PaperSection {
  /** null: runs in, as "Funding: ..." does. */
  readonly title: string | null;
  readonly text: string;
}

export interface Paper {
  readonly title: string;
  readonly authors: string;
  /** Small lines below the authors, and above the title. */
  readonly affiliations: readonly string[];
  readonly head: readonly string[];
  readonly sections: readonly PaperSection[];
  readonly table: { readonly caption: string; readonly rows: readonly (readonly string[])[] };
  readonly running: string;
  readonly columns: 1 | 2;
  readonly date: Date;
}

interface Sheet {
  readonly paper: Paper;
  readonly pdf: PDFKit.PDFDocument;
  pages: number;
  column: number;
  y: number;
  top: number;
}

const bodySize = 9.5;

/** Draws a paper and gives its bytes: the same at every run, as `makeDeck` does. */
export async function makePaper(paper: Paper): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    autoFirstPage: false,
    compress: false,
    info: { Title: paper.title, Producer: "pdfkit", Creator: "examples", CreationDate: paper.date },
  });
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = once(pdf, "end");
  const sheet: Sheet = { paper, pdf, pages: 0, column: 0, y: 0, top: 0 };
  newPage(sheet);
  front(sheet);
  for (const section of paper.sections) drawSection(sheet, section);
  drawTable(sheet);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

function newPage(sheet: Sheet): void {
  const { pdf, paper } = sheet;
  pdf.addPage();
  sheet.pages += 1;
  sheet.column = 0;
  sheet.top = page.edge + 18;
  sheet.y = sheet.top;
  pdf.font("Helvetica").fontSize(7.5).fillColor("#555555");
  pdf.text(paper.running, page.edge, 30, { lineBreak: false });
  pdf.text(String(sheet.pages), page.width - page.edge - 10, 30, { lineBreak: false });
}

function front(sheet: Sheet): void {
  const { pdf, paper } = sheet;
  const width = page.width - 2 * page.edge;
  const put = (text: string, size: number, font: string, gap: number): void => {
    pdf.font(font).fontSize(size).fillColor("#111111").text(text, page.edge, sheet.y, { width });
    sheet.y = pdf.y + gap;
  };
  for (const line of paper.head) put(line, 8, "Helvetica", 2);
  sheet.y += 8;
  put(paper.title, 18, "Helvetica-Bold", 8);
  put(paper.authors, 11, "Helvetica", 6);
  for (const line of paper.affiliations) put(line, 8, "Helvetica-Oblique", 2);
  sheet.y += 10;
  sheet.top = sheet.y;
}

const columnWidth = ({ paper }: Sheet): number =>
  paper.columns === 1 ? page.width - 2 * page.edge : (page.width - 2 * page.edge - gutter) / 2;

/** Where the next lines of this height begin: below, in the next column, or on the next page. */
function place(sheet: Sheet, height: number): number {
  if (sheet.y + height > page.height - page.edge) {
    if (sheet.column + 1 < sheet.paper.columns) {
      sheet.column += 1;
      sheet.y = sheet.top;
    } else newPage(sheet);
  }
  return page.edge + sheet.column * (columnWidth(sheet) + gutter);
}

function write(sheet: Sheet, text: string, size: number, font: string, gap: number): void {
  const { pdf } = sheet;
  const width = columnWidth(sheet);
  pdf.font(font).fontSize(size);
  const x = place(sheet, pdf.heightOfString(text, { width }));
  pdf.font(font).fontSize(size).fillColor("#111111").text(text, x, sheet.y, { width });
  sheet.y = pdf.y + gap;
}

function drawSection(sheet: Sheet, { title, text }: PaperSection): void {
  if (title !== null) write(sheet, title, 12, "Helvetica-Bold", 3);
  for (const paragraph of text.split("\n")) write(sheet, paragraph, bodySize, "Times-Roman", 5);
  sheet.y += 4;
}

function drawTable(sheet: Sheet): void {
  const { pdf, paper } = sheet;
  write(sheet, paper.table.caption, 9, "Helvetica-Bold", 4);
  const width = columnWidth(sheet);
  for (const cells of paper.table.rows) {
    const x = place(sheet, 14);
    pdf.font("Helvetica").fontSize(8.5).fillColor("#111111");
    for (const [index, cell] of cells.entries()) {
      pdf.text(cell, x + (index * width) / cells.length, sheet.y, { lineBreak: false });
    }
    sheet.y += 14;
  }
}
