import { once } from "node:events";
import PDFDocument from "pdfkit";

/** A slide measures 960 x 540 points. All places and sizes below are points, origin top left. */
export const slideWidth = 960;
export const slideHeight = 540;
export const edge = 56;

export interface Theme {
  readonly ink: string;
  readonly soft: string;
  readonly accent: string;
  readonly second: string;
  readonly paper: string;
  readonly panel: string;
  readonly dark: string;
}

export interface Deck {
  readonly name: string;
  readonly theme: Theme;
  readonly pdf: PDFKit.PDFDocument;
  pages: number;
}

export interface TextStyle {
  readonly size?: number;
  readonly colour?: string;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly width?: number;
  readonly align?: "left" | "center" | "right";
  readonly lineGap?: number;
  readonly tracking?: number;
}

/**
 * Draws a deck and gives its bytes. They are the same at every run: a fixed date, no random id, and
 * no compression, whose output differs between versions of zlib.
 */
export async function makeDeck(
  name: string,
  theme: Theme,
  date: Date,
  draw: (deck: Deck) => void,
): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: [slideWidth, slideHeight],
    margin: 0,
    autoFirstPage: false,
    compress: false,
    info: { Title: name, Producer: "pdfkit", Creator: "examples", CreationDate: date },
  });
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = once(pdf, "end");
  draw({ name, theme, pdf, pages: 0 });
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

/** A new empty slide of one colour. */
export function blank(deck: Deck, colour: string): void {
  deck.pdf.addPage();
  deck.pages += 1;
  deck.pdf.rect(0, 0, slideWidth, slideHeight).fill(colour);
}

/** A new slide with its chapter, its message and its number. */
export function slide(deck: Deck, chapter: string, message: string): void {
  const { theme } = deck;
  blank(deck, theme.paper);
  deck.pdf.rect(edge, 40, 28, 4).fill(theme.accent);
  write(deck, chapter.toUpperCase(), edge, 52, {
    size: 11,
    bold: true,
    colour: theme.accent,
    tracking: 1.2,
  });
  write(deck, message, edge, 72, {
    size: 27,
    bold: true,
    width: slideWidth - 2 * edge,
    lineGap: 2,
  });
  write(deck, deck.name, edge, 510, { size: 10, colour: theme.soft });
  write(deck, String(deck.pages), slideWidth - edge - 40, 510, {
    size: 10,
    colour: theme.soft,
    width: 40,
    align: "right",
  });
}

/** Writes text and gives the y below it. */
export function write(
  deck: Deck,
  text: string,
  x: number,
  y: number,
  style: TextStyle = {},
): number {
  const { size = 15, colour = deck.theme.ink, bold = false, italic = false, lineGap = 3 } = style;
  const { width, align = "left", tracking = 0 } = style;
  const font = bold ? "Helvetica-Bold" : italic ? "Helvetica-Oblique" : "Helvetica";
  deck.pdf.font(font).fontSize(size).fillColor(colour);
  const options = { align, lineGap, characterSpacing: tracking };
  deck.pdf.text(
    text,
    x,
    y,
    width === undefined ? { ...options, lineBreak: false } : { ...options, width },
  );
  return deck.pdf.y;
}

/** A list with dots; gives the y below it. */
export function bullets(
  deck: Deck,
  items: readonly string[],
  x: number,
  y: number,
  width: number,
  size = 15,
): number {
  let top = y;
  for (const item of items) {
    deck.pdf.circle(x + 4, top + size * 0.5, 3).fill(deck.theme.accent);
    top = write(deck, item, x + 18, top, { size, width: width - 18 }) + size * 0.5;
  }
  return top;
}

export function panel(
  deck: Deck,
  x: number,
  y: number,
  width: number,
  height: number,
  colour = deck.theme.panel,
): void {
  deck.pdf.roundedRect(x, y, width, height, 8).fill(colour);
}

/** A large number over a short label. */
export function figure(
  deck: Deck,
  value: string,
  label: string,
  x: number,
  y: number,
  width: number,
  colour = deck.theme.accent,
): void {
  write(deck, value, x, y, { size: 36, bold: true, colour, width });
  write(deck, label, x, y + 46, { size: 13, colour: deck.theme.soft, width });
}

export interface TableStyle {
  readonly x: number;
  readonly y: number;
  readonly widths: readonly number[];
  readonly rowHeight?: number;
  readonly size?: number;
  /** Row drawn in the accent colour, counted without the head. */
  readonly ours?: number;
}

export function table(deck: Deck, rows: readonly (readonly string[])[], style: TableStyle): void {
  const { x, y, widths, rowHeight = 40, size = 13, ours = -1 } = style;
  const total = widths.reduce((sum, width) => sum + width, 0);
  rows.forEach((row, index) => {
    const top = y + index * rowHeight;
    const isHead = index === 0;
    const isOurs = index - 1 === ours;
    if (isHead) deck.pdf.rect(x, top, total, rowHeight).fill(deck.theme.dark);
    else if (isOurs) deck.pdf.rect(x, top, total, rowHeight).fill(deck.theme.panel);
    let left = x;
    row.forEach((cell, column) => {
      write(deck, cell, left + 12, top + (rowHeight - size) / 2, {
        size,
        bold: isHead || isOurs || column === 0,
        colour: isHead ? "#ffffff" : deck.theme.ink,
      });
      left += widths[column] ?? 0;
    });
    deck.pdf.rect(x, top + rowHeight - 0.5, total, 0.5).fill("#cfd6dd");
  });
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly colour?: string;
}

/** Standing bars over a base line. `y` is the top of the tallest bar. */
export function barChart(
  deck: Deck,
  bars: readonly Bar[],
  place: { x: number; y: number; width: number; height: number; max: number },
): void {
  const { x, y, width, height, max } = place;
  const step = width / bars.length;
  bars.forEach((bar, index) => {
    const tall = (bar.value / max) * height;
    const left = x + index * step + step * 0.2;
    const top = y + height - tall;
    deck.pdf.rect(left, top, step * 0.6, tall).fill(bar.colour ?? deck.theme.accent);
    const middle = { width: step, align: "center" as const };
    write(deck, bar.text, x + index * step, top - 20, { size: 14, bold: true, ...middle });
    write(deck, bar.label, x + index * step, y + height + 8, {
      size: 12,
      colour: deck.theme.soft,
      ...middle,
    });
  });
  deck.pdf.rect(x, y + height, width, 1).fill(deck.theme.soft);
}

/** Lying bars, one a row, with the label before and the text after. */
export function rowChart(
  deck: Deck,
  bars: readonly Bar[],
  place: { x: number; y: number; width: number; label: number; max: number; row?: number },
): void {
  const { x, y, width, label, max, row = 46 } = place;
  bars.forEach((bar, index) => {
    const top = y + index * row;
    write(deck, bar.label, x, top + 5, { size: 14, width: label });
    const long = (bar.value / max) * width;
    deck.pdf.rect(x + label, top, long, 26).fill(bar.colour ?? deck.theme.accent);
    write(deck, bar.text, x + label + long + 10, top + 5, { size: 14, bold: true });
  });
}

/** Numbered steps from left to right, joined by a line. */
export function steps(
  deck: Deck,
  items: readonly { readonly title: string; readonly text: string }[],
  y: number,
): void {
  const width = (slideWidth - 2 * edge) / items.length;
  deck.pdf.rect(edge + 20, y + 19, width * (items.length - 1), 2).fill("#cfd6dd");
  items.forEach((item, index) => {
    const x = edge + index * width;
    deck.pdf.circle(x + 20, y + 20, 20).fill(deck.theme.accent);
    write(deck, String(index + 1), x, y + 12, {
      size: 17,
      bold: true,
      colour: "#ffffff",
      width: 40,
      align: "center",
    });
    write(deck, item.title, x, y + 58, { size: 17, bold: true, width: width - 20 });
    write(deck, item.text, x, y + 84, { size: 14, colour: deck.theme.soft, width: width - 24 });
  });
}

/** People in cards, with a disc of initials in place of a photograph. */
export function people(
  deck: Deck,
  team: readonly { readonly name: string; readonly role: string; readonly text: string }[],
  y: number,
): void {
  const gap = 20;
  const width = (slideWidth - 2 * edge - gap * (team.length - 1)) / team.length;
  team.forEach((person, index) => {
    const x = edge + index * (width + gap);
    panel(deck, x, y, width, 250);
    deck.pdf.circle(x + width / 2, y + 58, 36).fill(deck.theme.second);
    const initials = person.name
      .replace("Dr. ", "")
      .split(" ")
      .map((part) => part[0])
      .join("");
    const middle = { width: width - 24, align: "center" as const };
    write(deck, initials, x + 12, y + 47, { size: 22, bold: true, colour: "#ffffff", ...middle });
    write(deck, person.name, x + 12, y + 110, { size: 16, bold: true, ...middle });
    write(deck, person.role, x + 12, y + 132, { size: 13, colour: deck.theme.accent, ...middle });
    write(deck, person.text, x + 12, y + 162, { size: 13, colour: deck.theme.soft, ...middle });
  });
}
