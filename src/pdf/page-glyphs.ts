import type { Glyph } from "./glyph.ts";
import { type Orientation, shownBox } from "./orientation.ts";
import { type FontBook, type FontFacts, unknownFont } from "./page-fonts.ts";
import type { Pdfium, Pointer } from "./pdfium.ts";

/** Characters placed on one page; a page with more is a book, and only counted beyond this. */
const glyphsMax = 40_000;

export interface PageGlyphs {
  readonly glyphs: readonly Glyph[];
  readonly characters: number;
  readonly unmapped: number;
  /** Beyond Latin and in a font that is missing. */
  readonly undrawn: number;
}

/** What the renderer's own fonts can show: Latin, punctuation, currency; private codes are icons. */
const isOwnGlyph = (code: number): boolean =>
  code < 0x250 || (code >= 0x2000 && code < 0x2200) || (code >= 0xe000 && code < 0xf900);

/** The text layer of a loaded page, character by character, in the order PDFium reads it. */
export function glyphsOf(
  pdfium: Pdfium,
  page: Pointer,
  orientation: Orientation,
  fonts: FontBook,
): PageGlyphs {
  const text = pdfium._FPDFText_LoadPage(page);
  if (text === 0) return { glyphs: [], characters: 0, unmapped: 0, undrawn: 0 };
  try {
    return readAll({ pdfium, text, orientation, fonts, setting: unset });
  } finally {
    pdfium._FPDFText_ClosePage(text);
  }
}

interface Reading {
  readonly pdfium: Pdfium;
  readonly text: Pointer;
  readonly orientation: Orientation;
  readonly fonts: FontBook;
  /** Of the character before, when it stood in the file. */
  setting: Setting;
}

/** What the characters of one text object have in common. */
interface Setting {
  readonly object: Pointer;
  readonly font: FontFacts;
  readonly size: number;
  readonly turns: number;
}

const unset: Setting = { object: 0, font: unknownFont, size: 0, turns: 0 };

function readAll(reading: Reading): PageGlyphs {
  const { pdfium, text } = reading;
  const glyphs: Glyph[] = [];
  let characters = 0;
  let unmapped = 0;
  let undrawn = 0;
  const count = pdfium._FPDFText_CountChars(text);
  for (let index = 0; index < count; index += 1) {
    const code = pdfium._FPDFText_GetUnicode(text, index);
    const space = spaceOf(reading, index, code);
    if (space === "none") {
      characters += 1;
      const wrong = code === 0 || pdfium._FPDFText_HasUnicodeMapError(text, index) === 1;
      if (wrong || code === 0xfffd) unmapped += 1;
      else if (!isOwnGlyph(code) && isFontMissing(reading, index)) undrawn += 1;
    }
    if (glyphs.length < glyphsMax) glyphs.push(glyphAt(reading, index, code, space));
  }
  return { glyphs, characters, unmapped, undrawn };
}

const isFontMissing = ({ pdfium, text, fonts }: Reading, index: number): boolean =>
  fonts.ofObject(pdfium._FPDFText_GetTextObject(text, index)).missing;

/** Beyond the controls: blank, no-break blank, the typographic blanks, and the wide one. */
const isBlank = (code: number): boolean =>
  (code > 0 && code <= 0x20) ||
  code === 0xa0 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x3000;

/** What PDFium puts in is a blank or the end of a line. */
function spaceOf({ pdfium, text }: Reading, index: number, code: number): Glyph["space"] {
  if (!isBlank(code)) return "none";
  return pdfium._FPDFText_IsGenerated(text, index) === 1 ? "guessed" : "real";
}

/** The code PDFium gives a hyphen at the end of a line; asking tells it from a control of the file. */
const hyphenCode = 2;

function glyphAt(reading: Reading, index: number, code: number, space: Glyph["space"]): Glyph {
  const { pdfium, text, orientation, fonts } = reading;
  const { font, size, turns } = settingAt(reading, index, space);
  if (space === "none") fonts.count(font, size);
  pdfium._FPDFText_GetLooseCharBox(text, index, pdfium.scratch.at);
  // The order of this structure is left, top, right, bottom.
  const [left = 0, top = 0, right = 0, bottom = 0] = pdfium.scratch.floats;
  const isHyphen = code === hyphenCode && pdfium._FPDFText_IsHyphen(text, index) === 1;
  return {
    text: isHyphen ? "-" : characterOf(code),
    box: shownBox(orientation, { left, top, right, bottom }),
    size,
    bold: font.bold,
    font: font.name,
    space,
    turns,
  };
}

/** A blank that PDFium put in has a text object too, but a matrix of its own. */
function settingAt(reading: Reading, index: number, space: Glyph["space"]): Setting {
  const object = reading.pdfium._FPDFText_GetTextObject(reading.text, index);
  if (space === "guessed") return readSetting(reading, index, object);
  if (object === 0 || object !== reading.setting.object) {
    reading.setting = readSetting(reading, index, object);
  }
  return reading.setting;
}

function readSetting(reading: Reading, index: number, object: Pointer): Setting {
  const { pdfium, text, orientation, fonts } = reading;
  const font = fonts.ofObject(object);
  const turns = turnsOf(pdfium._FPDFText_GetCharAngle(text, index), orientation.turns);
  return { object, font, size: sizeAt(reading, index), turns };
}

/** The font size as shown: the size in the file times the scale of its matrix. */
function sizeAt({ pdfium, text }: Reading, index: number): number {
  const size = Math.abs(pdfium._FPDFText_GetFontSize(text, index));
  if (!pdfium._FPDFText_GetMatrix(text, index, pdfium.scratch.at)) return size;
  const matrix = pdfium.scratch.floats;
  const scale = Math.hypot(matrix[2] ?? 0, matrix[3] ?? 1);
  return scale > 0 ? size * scale : size;
}

/** PDFium gives code points, or halves of a pair on some pages; both make sound strings when joined. */
const characterOf = (code: number): string =>
  code > 0xffff && code <= 0x10ffff ? String.fromCodePoint(code) : String.fromCharCode(code);

/**
 * The angle in radians as quarter turns clockwise on the shown page. PDFium measures it clockwise
 * on the page as stored, and gives a negative number when it has none.
 */
function turnsOf(angle: number, pageTurns: number): number {
  if (angle < 0 || !Number.isFinite(angle)) return pageTurns % 4;
  return (pageTurns + Math.round(angle / (Math.PI / 2))) % 4;
}
