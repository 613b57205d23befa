import { Canvas, type Drawn, type Pen } from "./canvas.ts";
import { type Area, drawChart } from "./draw-chart.ts";
import { type Look, shadeOf } from "./look.ts";
import { picturePng } from "./picture.ts";
import type { Dice } from "./random.ts";
import { type Item, type Slide, type Styled, textOf } from "./types.ts";

export interface Place {
  readonly number: number;
  readonly slides: number;
  readonly footer: string;
}

const edge = 48;

/** Draws one slide; gives all words that were drawn and how. */
export function drawSlide(
  pdf: PDFKit.PDFDocument,
  look: Look,
  dice: Dice,
  slide: Slide,
  place: Place,
): Drawn[] {
  const canvas = new Canvas(pdf, look);
  const top =
    slide.kind === "cover" ? drawCover(canvas, look, slide) : drawTitle(canvas, look, slide);
  const bottom = slide.note === null ? 492 : 468;
  if (slide.kind !== "cover") {
    drawBody(canvas, look, dice, slide, {
      x: edge,
      y: top,
      width: canvas.width - 2 * edge,
      height: bottom - top,
    });
  }
  drawDefect(canvas, look, slide, top);
  if (slide.note !== null) {
    canvas.write(slide.note, edge, 474, {
      size: 10,
      role: "note",
      colour: look.soft,
      width: canvas.width - 2 * edge,
    });
  }
  if (look.footer) drawFooter(canvas, look, place);
  return canvas.drawn;
}

function drawFooter(canvas: Canvas, look: Look, place: Place): void {
  const pen = { size: 8.5, role: "footer" as const, colour: look.soft };
  canvas.write(place.footer, edge, 514, pen);
  const number = String(place.number);
  canvas.write(number, canvas.width - edge - 20, 514, { ...pen, width: 20, align: "right" });
}

function drawCover(canvas: Canvas, look: Look, slide: Slide): number {
  const width = canvas.width - 2 * edge;
  const align = look.centred ? "center" : "left";
  canvas.box(edge, 150, 60, 5, look.accent);
  let y = 170;
  y +=
    canvas.write(slide.title ?? "", edge, y, {
      size: 46,
      role: "title",
      bold: true,
      width,
      align,
    }) + 14;
  slide.items.forEach((item, at) => {
    const size = at === 0 ? 22 : 16;
    y += canvas.write(textOf(item), edge, y, { ...styled(look, item, size), width, align }) + 12;
  });
  return y;
}

function drawTitle(canvas: Canvas, look: Look, slide: Slide): number {
  if (slide.title === null) return 44;
  const width = canvas.width - 2 * edge;
  const align = look.centred ? "center" : "left";
  const pen: Pen = { size: look.titleSize, role: "title", bold: true, width, align };
  let y = 34;
  if (look.band !== null) {
    const height = canvas.measure(slide.title, pen) + 40;
    canvas.box(0, 0, canvas.width, height, look.band);
    canvas.write(slide.title, edge, 20, { ...pen, colour: [255, 255, 255], ground: look.band });
    return height + 22;
  }
  if (slide.kicker !== null) {
    canvas.write(slide.kicker, edge, y, {
      size: 13,
      role: "label",
      colour: look.soft,
      width,
      align,
    });
    y += 20;
  }
  y += canvas.write(slide.title, edge, y, pen);
  canvas.line(
    [
      [edge, y + 6],
      [edge + width * 0.2, y + 6],
    ],
    look.accent,
    2,
  );
  return y + 24;
}

/** Words with their own size or contrast, else the theme's. */
function styled(look: Look, item: Item, size: number): Pen {
  const own: Partial<Styled> = typeof item === "string" ? {} : item;
  const colour =
    own.contrast === undefined ? look.ink : shadeOf(look.paper, look.ink, own.contrast);
  return { size: own.size ?? size, role: "body", colour };
}

function drawBody(canvas: Canvas, look: Look, dice: Dice, slide: Slide, area: Area): void {
  let { y } = area;
  if (slide.figures.length > 0) y = drawFigures(canvas, look, slide, area);
  const rest = { ...area, y, height: area.y + area.height - y };
  const beside = slide.charts.length > 0 || slide.table !== null || slide.picture;
  if (slide.pieces.length > 0) drawPieces(canvas, slide, rest);
  else if (slide.charts.length > 1) drawMany(canvas, look, dice, slide, rest);
  else if (!beside) drawItems(canvas, look, slide.items, rest);
  else if (slide.items.length === 0) drawBeside(canvas, look, dice, slide, rest);
  else if (slide.table !== null) {
    const used = drawTable(canvas, look, slide.table, rest) + 12;
    drawItems(canvas, look, slide.items, { ...rest, y: used, height: rest.y + rest.height - used });
  } else drawColumns(canvas, look, dice, slide, rest);
}

/** Words in one column, a chart or picture in the other. */
function drawColumns(canvas: Canvas, look: Look, dice: Dice, slide: Slide, area: Area): void {
  const width = area.width * 0.46 - 14;
  const wide = area.width - width - 28;
  const swapped = dice.chance(0.3);
  const words = { ...area, width, x: swapped ? area.x + wide + 28 : area.x };
  const shown = { ...area, width: wide, x: swapped ? area.x : area.x + width + 28 };
  drawItems(canvas, look, slide.items, words);
  drawBeside(canvas, look, dice, slide, shown);
}

function drawBeside(canvas: Canvas, look: Look, dice: Dice, slide: Slide, area: Area): void {
  const [chart] = slide.charts;
  if (chart) drawChart(canvas, look, dice, chart, area);
  else if (slide.table !== null) drawTable(canvas, look, slide.table, area);
  else if (slide.picture) {
    const height = Math.min(area.height, area.width * 0.7);
    canvas.image(picturePng(dice.whole(0, 5)), area.x, area.y, area.width, height);
  }
}

/** Several charts and the words between them, all on one slide. */
function drawMany(canvas: Canvas, look: Look, dice: Dice, slide: Slide, area: Area): void {
  const words = slide.items.length > 0 ? 0.42 : 0;
  const upper = { ...area, height: area.height * (1 - words) - 10 };
  const width = area.width / slide.charts.length;
  slide.charts.forEach((chart, at) => {
    drawChart(canvas, look, dice, chart, { ...upper, x: area.x + at * width, width: width - 20 });
  });
  if (words === 0) return;
  drawItems(canvas, look, slide.items, {
    ...area,
    y: upper.y + upper.height + 10,
    height: area.height * words,
  });
}

/** As large as fits, between 14.6 points and the theme's size; two columns where one is too short. */
function drawItems(canvas: Canvas, look: Look, items: readonly Item[], area: Area): void {
  const mark = look.bullet === "none" ? 0 : look.bullet === "number" ? 30 : 20;
  const gap = 11;
  const heightAt = (size: number, width: number, list: readonly Item[]): number =>
    list.reduce(
      (sum, item) =>
        sum +
        canvas.measure(textOf(item), { ...styled(look, item, size), width: width - mark }) +
        gap,
      0,
    );
  const sizes = [look.bodySize, 16, 15, 14.6].filter((size) => size <= look.bodySize);
  const fits = sizes.find((size) => heightAt(size, area.width, items) <= area.height);
  const half = Math.ceil(items.length / 2);
  const columns =
    fits === undefined && area.width > 500 ? [items.slice(0, half), items.slice(half)] : [items];
  const width = columns.length === 2 ? area.width / 2 - 16 : area.width;
  const size =
    sizes.find((one) => columns.every((list) => heightAt(one, width, list) <= area.height)) ??
    fits ??
    14.6;
  let number = 0;
  columns.forEach((list, column) => {
    let { y } = area;
    const x = area.x + column * (width + 32);
    for (const item of list) {
      number += 1;
      const pen = styled(look, item, size);
      if (look.bullet === "dot") canvas.dot(x + 5, y + pen.size * 0.45, 3, look.accent);
      const sign = look.bullet === "dash" ? "–" : look.bullet === "number" ? `${number}.` : null;
      if (sign !== null) canvas.write(sign, x, y, { ...pen, role: "label" });
      y += canvas.write(textOf(item), x + mark, y, { ...pen, width: width - mark }) + gap;
    }
  });
}

function drawFigures(canvas: Canvas, look: Look, slide: Slide, area: Area): number {
  const width = area.width / slide.figures.length;
  let lowest = area.y;
  slide.figures.forEach(({ value, label }, at) => {
    const x = area.x + at * width;
    canvas.box(x, area.y, width - 16, 104, look.panel);
    const size = Math.min(
      30,
      (30 * (width - 40)) / canvas.widthOf(value, { size: 30, role: "body", bold: true }),
    );
    canvas.write(value, x + 12, area.y + 10, {
      size: Math.max(16, size),
      role: "body",
      bold: true,
      colour: look.ink,
      ground: look.panel,
    });
    const pen: Pen = { size: 14.6, role: "body", width: width - 40, ground: look.panel };
    lowest = Math.max(lowest, area.y + 50 + canvas.write(label, x + 12, area.y + 50, pen));
  });
  return Math.max(lowest, area.y + 104) + 18;
}

function drawTable(
  canvas: Canvas,
  look: Look,
  table: readonly (readonly string[])[],
  area: Area,
): number {
  const columns = table[0]?.length ?? 1;
  const first = area.width * (columns > 3 ? 0.3 : 0.36);
  const width = (area.width - first) / Math.max(1, columns - 1);
  const step = Math.min(34, area.height / table.length);
  table.forEach((row, line) => {
    const y = area.y + line * step;
    canvas.line(
      [
        [area.x, y + step - 6],
        [area.x + area.width, y + step - 6],
      ],
      look.soft,
      0.6,
    );
    row.forEach((cell, column) => {
      const x = column === 0 ? area.x : area.x + first + (column - 1) * width;
      const align = column === 0 ? ("left" as const) : ("right" as const);
      canvas.write(cell, x, y, {
        size: 14.6,
        role: "body",
        bold: line === 0,
        width: column === 0 ? first : width - 8,
        align,
      });
    });
  });
  return area.y + table.length * step;
}

/** Short pieces in a grid: each can be read, none leads. */
function drawPieces(canvas: Canvas, slide: Slide, area: Area): void {
  const columns = canvas.width > 800 ? 5 : 4;
  const rows = Math.ceil(slide.pieces.length / columns);
  const width = area.width / columns;
  const step = area.height / rows;
  slide.pieces.forEach((piece, at) => {
    const x = area.x + (at % columns) * width;
    const y = area.y + Math.floor(at / columns) * step;
    canvas.write(piece, x, y, { size: 14.6, role: "body", width: width - 14 });
  });
}

function drawDefect(canvas: Canvas, look: Look, slide: Slide, top: number): void {
  const quote = slide.truth.find(
    ({ kind }) => kind === "text_overlap" || kind === "text_cut_off",
  )?.quote;
  if (slide.defect === null || quote === undefined) return;
  if (slide.defect === "cut") {
    // Begins inside and runs on past the right edge.
    const size = 20;
    const width = canvas.widthOf(quote, { size, role: "body" });
    canvas.write(quote, canvas.width - width * 0.7, 440, { size, role: "body" });
    return;
  }
  // Over the first words of the slide, wherever they stand.
  const first = canvas.drawn.find(({ role }) => role === "body");
  const place = first === undefined ? { x: edge, y: top } : first;
  canvas.write(quote, place.x + 8, place.y + 3, { size: look.bodySize, role: "body" });
}
