import type { PatternName } from "../../../../packs/fields.ts";

/**
 * Kinds of text told by their form. DOI: the pattern Crossref recommends for modern DOIs; trial
 * numbers: the forms of ClinicalTrials.gov, EudraCT, ISRCTN, ChiCTR, DRKS and ACTRN; ORCID, ISBN and
 * IBAN: their published forms, the last with its check digits (ISO 7064).
 */
const sources: Readonly<Record<PatternName, RegExp>> = {
  email: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+(?![\w@])/giu,
  url: /\b(?:https?:\/\/|www\.)[^\s<>"'()]+[^\s<>"'().,;:!?]/giu,
  doi: /\b10\.\d{4,9}\/[-._;()/:a-z0-9]*[a-z0-9]/giu,
  orcid: /\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b/gu,
  clinical_trial:
    /\b(?:NCT\d{8}|ISRCTN\d{8}|\d{4}-\d{6}-\d{2}(?:-\d{2})?|ChiCTR[-\w]{8,16}|DRKS\d{8}|ACTRN\d{14}|jRCT\w{10})\b/gu,
  pmid: /\bPMID:?\s?(\d{6,9})\b/giu,
  arxiv: /\barXiv:\s?(\d{4}\.\d{4,5}(?:v\d+)?)\b/giu,
  isbn: /\b(?:97[89][- ]?)?\d{1,5}[- ]?\d{1,7}[- ]?\d{1,7}[- ]?[\dX]\b/gu,
  iban: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/gu,
  vat_id:
    /\b(?:ATU\d{8}|BE0?\d{9,10}|CHE-?\d{3}\.?\d{3}\.?\d{3}|DE\d{9}|DK\d{8}|ES[A-Z0-9]\d{7}[A-Z0-9]|FI\d{8}|FR[A-Z0-9]{2}\d{9}|GB\d{9}(?:\d{3})?|IE\d[A-Z0-9]\d{5}[A-Z]{1,2}|IT\d{11}|LU\d{8}|NL\d{9}B\d{2}|PL\d{10}|PT\d{9}|SE\d{12})\b/gu,
  phone: /(?<![\w.])\+\d{1,3}[\s./()-]?(?:\(?\d{1,5}\)?[\s./-]?){2,6}\d{2,}/gu,
  percent:
    /(?<![\w.,])[-−]?\d+(?:[.,]\d+)?\s?(?:%|percent\b|prozent\b|pour cent\b|por ciento\b)/giu,
  sample_size: /(?<![\p{L}\d])n\s?=\s?(\d{1,3}(?:[,. ]\d{3})+|\d+)(?![\d.,]*\d)/giu,
};

const checks: Partial<Readonly<Record<PatternName, (text: string) => boolean>>> = {
  iban: isIban,
  isbn: (text) => [10, 13].includes(text.replace(/[- ]/g, "").length) && isIsbn(text),
};

/** Everything of a kind in a text, in order; without its mark where it has one ("PMID: 123"). */
export function findPattern(name: string, text: string): string[] {
  if (!isPattern(name)) return [];
  const check = checks[name] ?? (() => true);
  return Array.from(text.matchAll(sources[name]), (match) => match[1] ?? match[0]).filter(check);
}

const isPattern = (name: string): name is PatternName => Object.hasOwn(sources, name);

/** Letters count as 10 to 35; the rest by 97 must be 1. */
function isIban(text: string): boolean {
  const plain = text.replace(/ /g, "");
  if (plain.length < 15 || plain.length > 34) return false;
  let rest = 0;
  for (const sign of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}

function isIsbn(text: string): boolean {
  const signs = [...text.replace(/[- ]/g, "")].map((sign) => (sign === "X" ? 10 : Number(sign)));
  const sum =
    signs.length === 13
      ? signs.reduce((total, value, index) => total + value * (index % 2 === 0 ? 1 : 3), 0) % 10
      : signs.reduce((total, value, index) => total + value * (10 - index), 0) % 11;
  return sum === 0;
}
