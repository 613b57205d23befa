import { type Pdfium, type Pointer, withMemory } from "./pdfium.ts";
import type { PageFont } from "./types.ts";

export interface FontFacts {
  readonly name: string;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly embedded: boolean;
  /** Not embedded, and not one of those that every reader has. */
  readonly missing: boolean;
}

/** What is known of the fonts of one page; each font is asked once. */
export interface FontBook {
  /** Facts of a text object's font. 0 is allowed and knows nothing. */
  ofObject(object: Pointer): FontFacts;
  anyMissing(): boolean;
  /** Counts a character that is set in a font. @param size in points */
  count(font: FontFacts, size: number): void;
  /** What was counted, most used first. */
  used(heightPoints: number): PageFont[];
}

/** Of a character whose font is not known. */
export const unknownFont: FontFacts = {
  name: "",
  bold: false,
  italic: false,
  embedded: true,
  missing: false,
};
const boldName = /bold|black|heavy|semibd|demi(?!.*italic$)/iu;
const italicName = /italic|oblique|kursiv/iu;
const subsetTag = /^[A-Z]{6}\+/u;
/** Fonts every reader brings along, so that they need not be embedded. */
const standardName =
  /^(?:Helvetica|Arial|Times|TimesNewRoman|Courier|CourierNew|Symbol|ZapfDingbats)(?:PS)?(?:MT)?(?:[-,].*)?$/u;
/** The flag of a slanted font in its descriptor (PDF 1.7, table 123). */
const italicFlag = 1 << 6;
const fontsMax = 50;
const sizesMax = 20;

export function fontBook(pdfium: Pdfium): FontBook {
  const byObject = new Map<Pointer, FontFacts>();
  const byFont = new Map<Pointer, FontFacts>();
  const uses = new Map<FontFacts, { characters: number; sizes: Set<number> }>();
  return {
    ofObject(object) {
      if (object === 0) return unknownFont;
      const known = byObject.get(object);
      if (known !== undefined) return known;
      const font = pdfium._FPDFTextObj_GetFont(object);
      const facts = byFont.get(font) ?? factsOfFont(pdfium, font);
      byFont.set(font, facts);
      byObject.set(object, facts);
      return facts;
    },
    anyMissing: () => [...byFont.values()].some((facts) => facts.missing),
    count(font, size) {
      const use = uses.get(font) ?? { characters: 0, sizes: new Set() };
      use.characters += 1;
      // Tenths of a point: what differs less was meant to be the same.
      if (use.sizes.size < sizesMax) use.sizes.add(Math.round(size * 10) / 10);
      uses.set(font, use);
    },
    used: (heightPoints) =>
      [...uses]
        .sort((one, other) => other[1].characters - one[1].characters)
        .slice(0, fontsMax)
        .map(([{ name, bold, italic, embedded }, { characters, sizes }]) => ({
          name,
          bold,
          italic,
          embedded,
          characters,
          sizes: [...sizes].sort((one, other) => one - other).map((size) => size / heightPoints),
        })),
  };
}

function factsOfFont(pdfium: Pdfium, font: Pointer): FontFacts {
  if (font === 0) return unknownFont;
  const name = nameOfFont(pdfium, font).replace(subsetTag, "");
  // 0 means not embedded, -1 not known.
  const embedded = pdfium._FPDFFont_GetIsEmbedded(font) !== 0;
  return {
    name,
    bold: boldName.test(name) || pdfium._FPDFFont_GetWeight(font) >= 600,
    italic: italicName.test(name) || isSlanted(pdfium, font),
    embedded,
    missing: !embedded && name !== "" && !standardName.test(name),
  };
}

function isSlanted(pdfium: Pdfium, font: Pointer): boolean {
  const flags = pdfium._FPDFFont_GetFlags(font);
  return flags > 0 && (flags & italicFlag) !== 0;
}

function nameOfFont(pdfium: Pdfium, font: Pointer): string {
  const bytes = pdfium._FPDFFont_GetBaseFontName(font, 0, 0);
  if (bytes <= 1 || bytes > 1024) return "";
  return withMemory(pdfium, bytes, (at) => {
    pdfium._FPDFFont_GetBaseFontName(font, at, bytes);
    return new TextDecoder().decode(pdfium.HEAPU8.slice(at, at + bytes - 1));
  });
}
