import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Glyph } from "./glyph.ts";
import { linesOf } from "./lines.ts";
import { inReadingOrder } from "./order.ts";
import { orientationOf, turnBox } from "./orientation.ts";

const page = orientationOf({ left: 0, bottom: 0, right: 960, top: 540 }, 0);

interface Style {
  readonly size?: number;
  readonly tracking?: number;
  readonly bold?: boolean;
}

/** Glyphs half a size wide; blanks stand in the text as they would in a file. */
function write(text: string, x: number, y: number, style: Style = {}): Glyph[] {
  const { size = 20, tracking = 0, bold = false } = style;
  let left = x;
  return [...text].map((character) => {
    const box = { x: left, y, width: size / 2, height: size * 1.15 };
    left += size / 2 + tracking * size;
    return {
      text: character,
      box,
      size,
      bold,
      font: "Body",
      space: character === " " ? "real" : "none",
      turns: 0,
    };
  });
}

const noBlanks = (glyphs: Glyph[]): Glyph[] => glyphs.filter((glyph) => glyph.space === "none");
const textsOf = (glyphs: Glyph[]): string[] => linesOf(glyphs, page).map((line) => line.text);

describe("lines", () => {
  it("keeps a line whole and measures it in fractions of the page", () => {
    const [line, ...rest] = linesOf(write("We raise now", 96, 54, { size: 27, bold: true }), page);
    expect(rest).toEqual([]);
    expect(line).toMatchObject({ text: "We raise now", bold: true, size: 0.05 });
    expect(line?.x).toBeCloseTo(0.1);
    expect(line?.y).toBeCloseTo(0.1);
    expect(line?.width).toBeCloseTo((12 * 13.5) / 960);
  });

  it("does not glue the cells of a row", () => {
    expect(textsOf([...write("Churn", 100, 50), ...write("2.1 %", 180, 50)])).toEqual([
      "Churn",
      "2.1 %",
    ]);
  });

  it("finds blanks from gaps when the file has none", () => {
    expect(textsOf(noBlanks(write("seed round", 100, 50)))).toEqual(["seed round"]);
  });

  it("joins letter-spaced words again, typed with blanks or set apart", () => {
    expect(textsOf(noBlanks(write("OUR TEAM", 100, 50, { tracking: 0.3 })))).toEqual(["OUR TEAM"]);
    expect(textsOf(write("T R A C T I O N", 100, 50))).toEqual(["TRACTION"]);
  });

  it("leaves spaced figures apart", () => {
    expect(textsOf(write("1 2 3 4 5 6", 100, 50))).toEqual(["1 2 3 4 5 6"]);
  });

  it("joins pieces of a line that the file draws in another order", () => {
    const whole = write("half drawn first", 100, 50);
    expect(textsOf([...whole.slice(8), ...whole.slice(0, 8)])).toEqual(["half drawn first"]);
  });

  it("keeps the order of letters in a script that runs from right to left", () => {
    const word = write("שלום", 100, 50).map((glyph, index) => ({
      ...glyph,
      box: { ...glyph.box, x: 400 - index * 10 },
    }));
    expect(textsOf(word)).toEqual(["שלום"]);
  });

  it("keeps both letters of a ligature that share one box", () => {
    const glyphs = write("office", 100, 50);
    const [first, second] = [glyphs[1] as Glyph, glyphs[2] as Glyph];
    const box = { ...first.box, width: first.box.width + second.box.width };
    glyphs.splice(1, 2, { ...first, box }, { ...second, box });
    expect(textsOf(glyphs)).toEqual(["office"]);
  });

  it("says a line that is drawn twice for boldness once", () => {
    expect(textsOf([...write("Ask", 100, 50), ...write("Ask", 100.6, 50)])).toEqual(["Ask"]);
  });

  it("takes a bullet to the line it belongs to", () => {
    expect(textsOf([...write("•", 100, 50), ...write("first point", 150, 50)])).toEqual([
      "• first point",
    ]);
  });

  it("reads text that runs upwards beside text that runs across", () => {
    const upward = write("Revenue", 100, 30).map((glyph) => ({
      ...glyph,
      box: turnBox(glyph.box, 3, 540, 960),
      turns: 3,
    }));
    const lines = linesOf([...upward, ...write("Growth by year", 300, 40)], page);
    const axis = lines.find((line) => line.text === "Revenue");
    expect(lines).toHaveLength(2);
    expect(axis?.height).toBeGreaterThan(axis?.width ?? 1);
  });

  it("loses no visible character, wherever characters stand", () => {
    const glyph = fc.record({
      text: fc.constantFrom("a", "B", "7", "€", "ש"),
      x: fc.integer({ min: 0, max: 900 }),
      y: fc.integer({ min: 0, max: 500 }),
      size: fc.integer({ min: 4, max: 80 }),
      turns: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(glyph, { selector: ({ x, y }) => `${x >> 4},${y >> 4}` }),
        (marks) => {
          const glyphs = marks.map(({ text, x, y, size, turns }) => ({
            text,
            box: { x, y, width: size / 2, height: size },
            size,
            bold: false,
            font: "",
            space: "none" as const,
            turns,
          }));
          const read = linesOf(glyphs, page)
            .map((line) => line.text)
            .join("");
          // Lines that look alike and lie on each other count once, so that only loss can be told.
          const kinds = (text: string): string =>
            [...new Set(text.replace(/\s/gu, ""))].sort().join("");
          expect(kinds(read)).toBe(kinds(marks.map((mark) => mark.text).join("")));
        },
      ),
    );
  });
});

describe("reading order", () => {
  const at = (name: string, x: number, y: number, width = 0.2, height = 0.03) => ({
    name,
    x,
    y,
    width,
    height,
  });
  const read = (items: ReturnType<typeof at>[]): string =>
    inReadingOrder([...items].reverse(), 16 / 9)
      .map((item) => item.name)
      .join(" ");

  it("reads the title, then each column to its end", () => {
    const columns = [0.3, 0.34, 0.38].flatMap((y, row) => [
      at(`L${row}`, 0.1, y),
      at(`R${row}`, 0.6, y),
    ]);
    expect(read([at("title", 0.1, 0.05, 0.8, 0.08), ...columns])).toBe("title L0 L1 L2 R0 R1 R2");
  });

  it("reads a table row by row", () => {
    const cells = [0.3, 0.4, 0.5, 0.6].flatMap((y, row) => [
      at(`a${row}`, 0.1, y),
      at(`b${row}`, 0.4, y),
      at(`c${row}`, 0.7, y),
    ]);
    expect(read(cells)).toBe("a0 b0 c0 a1 b1 c1 a2 b2 c2 a3 b3 c3");
  });

  it("gives every item back exactly once", () => {
    const item = fc.record({
      x: fc.double({ min: 0, max: 1, noNaN: true }),
      y: fc.double({ min: 0, max: 1, noNaN: true }),
      width: fc.double({ min: 0, max: 0.5, noNaN: true }),
      height: fc.double({ min: 0, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const ordered = inReadingOrder(items, 16 / 9);
        expect(ordered).toHaveLength(items.length);
        expect(new Set(ordered)).toEqual(new Set(items));
      }),
    );
  });
});
