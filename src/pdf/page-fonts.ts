import { type Pdfium, type Pointer, withMemory } from "./pdfium.ts";

export interface FontFacts {
  readonly bold: boolean;
  readonly missing: boolean;
}

/** What is known of the fonts of one page; each font is asked once. */
export interface FontBook {
  /** Facts of a text object's font. 0 is allowed and knows nothing. */
  ofObject(object: Pointer): FontFacts;
  anyMissing(): boolean;
}

const unknown: FontFacts = { bold: false, missing: false };
const boldName = /bold|black|heavy|semibd|demi(?!.*italic$)/iu;
/** Fonts every reader brings along, so that they need not be embedded. */
const standardName =
  /^(?:[A-Z]{6}\+)?(?:Helvetica|Arial|Times|TimesNewRoman|Courier|CourierNew|Symbol|ZapfDingbats)(?:PS)?(?:MT)?(?:[-,].*)?$/u;

export function fontBook(pdfium: Pdfium): FontBook {
  const byObject = new Map<Pointer, FontFacts>();
  const byFont = new Map<Pointer, FontFacts>();
  return {
    ofObject(object) {
      if (object === 0) return unknown;
      const known = byObject.get(object);
      if (known !== undefined) return known;
      const font = pdfium._FPDFTextObj_GetFont(object);
      const facts = byFont.get(font) ?? factsOfFont(pdfium, font);
      byFont.set(font, facts);
      byObject.set(object, facts);
      return facts;
    },
    anyMissing: () => [...byFont.values()].some((facts) => facts.missing),
  };
}

function factsOfFont(pdfium: Pdfium, font: Pointer): FontFacts {
  if (font === 0) return unknown;
  const name = nameOfFont(pdfium, font);
  // 0 means not embedded, -1 not known.
  const embedded = pdfium._FPDFFont_GetIsEmbedded(font) !== 0;
  return {
    bold: boldName.test(name) || pdfium._FPDFFont_GetWeight(font) >= 600,
    missing: !embedded && name !== "" && !standardName.test(name),
  };
}

function nameOfFont(pdfium: Pdfium, font: Pointer): string {
  const bytes = pdfium._FPDFFont_GetBaseFontName(font, 0, 0);
  if (bytes <= 1 || bytes > 1024) return "";
  return withMemory(pdfium, bytes, (at) => {
    pdfium._FPDFFont_GetBaseFontName(font, at, bytes);
    return new TextDecoder().decode(pdfium.HEAPU8.slice(at, at + bytes - 1));
  });
}
