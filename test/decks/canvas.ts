import { contrastOf, type Look, type Rgb } from "./look.ts";

/** What was really drawn, in points on a slide 540 points high. */
export interface Drawn {
  readonly text: string;
  readonly role: "title" | "body" | "label" | "note" | "footer";
  readonly size: number;
  readonly contrast: number;
  readonly x: number;
  readonly y: number;
}

export interface Pen {
  readonly size: number;
  readonly role: Drawn["role"];
  readonly bold?: boolean;
  readonly colour?: Rgb;
  readonly ground?: Rgb;
  /** Wraps at this width; without one the text stays on one line. */
  readonly width?: number;
  readonly align?: "left" | "center" | "right";
}

/** Draws on the current page of a document; all places in the points of a slide 540 points high. */
export class Canvas {
  readonly width: number;
  readonly height = 540;
  readonly drawn: Drawn[] = [];
  readonly #pdf: PDFKit.PDFDocument;
  readonly #look: Look;
  readonly #unit: number;

  constructor(pdf: PDFKit.PDFDocument, look: Look) {
    this.#pdf = pdf;
    this.#look = look;
    this.#unit = look.height / 540;
    this.width = look.width / this.#unit;
    pdf.addPage();
    this.box(0, 0, this.width, this.height, look.paper);
  }

  box(x: number, y: number, width: number, height: number, colour: Rgb): void {
    const u = this.#unit;
    this.#pdf.rect(x * u, y * u, width * u, height * u).fill(hex(colour));
  }

  dot(x: number, y: number, radius: number, colour: Rgb): void {
    const u = this.#unit;
    this.#pdf.circle(x * u, y * u, radius * u).fill(hex(colour));
  }

  line(points: readonly (readonly [number, number])[], colour: Rgb, thick = 1): void {
    const u = this.#unit;
    points.forEach(([x, y], at) => {
      if (at === 0) this.#pdf.moveTo(x * u, y * u);
      else this.#pdf.lineTo(x * u, y * u);
    });
    this.#pdf.lineWidth(thick * u).stroke(hex(colour));
  }

  slice(x: number, y: number, radius: number, from: number, to: number, colour: Rgb): void {
    const u = this.#unit;
    const at = (angle: number): [number, number] => [
      (x + radius * Math.cos(angle)) * u,
      (y + radius * Math.sin(angle)) * u,
    ];
    this.#pdf.moveTo(x * u, y * u);
    const steps = Math.max(2, Math.ceil((to - from) / 0.2));
    for (let step = 0; step <= steps; step++) {
      this.#pdf.lineTo(...at(from + ((to - from) * step) / steps));
    }
    this.#pdf.closePath().fill(hex(colour));
  }

  image(png: Buffer, x: number, y: number, width: number, height: number): void {
    const u = this.#unit;
    this.#pdf.image(png, x * u, y * u, { width: width * u, height: height * u });
  }

  /** Height the text takes. */
  measure(text: string, pen: Pen): number {
    this.#set(pen);
    const width = (pen.width ?? 10_000) * this.#unit;
    return this.#pdf.heightOfString(text, { width, lineGap: this.#gap(pen) }) / this.#unit;
  }

  widthOf(text: string, pen: Pen): number {
    this.#set(pen);
    return this.#pdf.widthOfString(text) / this.#unit;
  }

  /** Draws, and gives the height it took. */
  write(text: string, x: number, y: number, pen: Pen): number {
    const u = this.#unit;
    const height = this.measure(text, pen);
    const colour = pen.colour ?? this.#look.ink;
    this.#set(pen);
    this.#pdf.fillColor(hex(colour));
    const common = { align: pen.align ?? "left", lineGap: this.#gap(pen) };
    const options =
      pen.width === undefined
        ? { ...common, lineBreak: false }
        : { ...common, width: pen.width * u };
    this.#pdf.text(text, x * u, y * u, options);
    const ground = pen.ground ?? this.#look.paper;
    const { role, size } = pen;
    this.drawn.push({ text, role, size, contrast: contrastOf(colour, ground), x, y });
    return height;
  }

  /** A label that runs upwards, as along an axis. */
  writeUp(text: string, x: number, y: number, pen: Pen): void {
    const u = this.#unit;
    this.#pdf.save();
    this.#pdf.rotate(-90, { origin: [x * u, y * u] });
    this.write(text, x, y, pen);
    this.#pdf.restore();
  }

  #set(pen: Pen): void {
    const look = this.#look;
    this.#pdf.font(pen.bold ? look.fontBold : look.font).fontSize(pen.size * this.#unit);
  }

  #gap(pen: Pen): number {
    return pen.size * 0.12 * this.#unit;
  }
}

const hex = (colour: Rgb): string =>
  `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
