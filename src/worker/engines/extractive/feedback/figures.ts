import type { SlideAnalysis, StatedFigure } from "../../../../contract/results.ts";
import { moneyIn } from "../extract/money.ts";
import { clip, fold, sentencesOf } from "../text-tools.ts";

const figuresMax = 20;
const quoteMax = 200;

/** A plan, a wish or a part of the whole: not what is so today. */
const later =
  /(?<!\p{L})(?:will|plan(?:ned|s)?|by (?:the end of )?20\d\d|until|up to|grow(?:s|ing|th|n)?|expected|target|goal|hires?|hiring|join(?:ed|ing|s)?|werden wir|bis(?: Ende)?|wächst|geplant|serons|fin 20\d\d|atteindra|prévus?|prévues?|seremos|a finales|crecerá|previst[oa]s?)(?!\p{L})/iu;
const past =
  /(?<!\p{L})(?:raised|to date|so far|previous(?:ly)?|last round|closed|eingeworben|bisher|déjà levé|levés? en|recaudado|hasta la fecha)(?!\p{L})/iu;
const part =
  /(?<!\p{L})(?:alone|allein|seul|solo|only|of which|davon|dont|per|SAM|SOM|CAGR|revenues?|spend(?:ing)?|serviceable|obtainable|segment|share|all industries)(?!\p{L})/iu;
const market =
  /(?<!\p{L})(?:TAM|markets?|addressable|Markt(?:volumen|größe)?|marché|mercado)(?!\p{L})/iu;
const ask =
  /(?<!\p{L})(?:(?:are|is|we['’]re|now|currently) (?:raising|seeking|asking)|^(?:raising|seeking)|raising|seeking|our ask|the ask|seed round of|round of|kapitalbedarf|wir suchen|finanzierungsbedarf|nous (?:levons|recherchons|cherchons)|levée de fonds|besoin de financement|buscamos|solicitamos|ronda (?:de inversión|semilla)?\s?de)(?!\p{L})/iu;
const team: readonly RegExp[] = [
  /(?<!\p{L})(?:team|Team|équipe|equipo) (?:of|von|de) (?:about |over )?(\d{1,4})(?: (?:people|persons|members|employees|experts|Personen|Leuten|personnes|personas))?(?![\d.,]|\p{L})/u,
  /(?<![\d.,])(\d{1,4}) (?:full[- ]time )?(?:employees|team members|staff members|Mitarbeiter\p{L}*|Mitarbeitende|Beschäftigte|salariés|employés|empleados)(?!\p{L})/iu,
  /(?<!\p{L})(?:team size|headcount|Teamgröße|effectif)\s*:?\s*(\d{1,4})(?!\d)/iu,
  /(?<![\d.,])(\d{1,4}) people work/iu,
];
/** Words before "customers" that do not make fewer of them; a segment ("pilot customers") would. */
const ofCustomers =
  "(?:(?:paying|active|current|existing|happy|satisfied|loyal|live|commercial|signed|recurring|total|zahlende|aktive|zufriedene|bestehende) ){0,2}";
const customers: readonly RegExp[] = [
  new RegExp(
    `(?<![\\d.,])(\\d{1,3}(?:[.,]\\d{3})+|\\d{1,6})\\s?\\+? ${ofCustomers}(?:customers|clients(?: (?:payants|actifs))?|Kunden|clientes(?: (?:de pago|activos))?)(?!\\p{L})`,
    "iu",
  ),
  /(?<!\p{L})(?:(?:number of |paying |active )?customers(?: (?:today|to date|served))?|Kunden(?:zahl)?|(?:nombre de )?clients|(?:número de )?clientes)\s?:\s?(\d{1,3}(?:[.,]\d{3})+|\d{1,6})(?![\d.,]|\s?[%€$£]|\p{L})/iu,
];

const yearIn = (text: string): number | null => {
  const years = text.match(/\b20[0-4]\d\b/gu) ?? [];
  return years.length === 1 ? Number(years[0]) : null;
};

type Figure = Omit<StatedFigure, "quote" | "year">;

/** Countries and regions make another market of it. */
const places =
  /(?<!\p{L})(?:global(?:ly)?|worldwide|US|USA|United States|Europ\w*|EU|DACH|German\w*|Deutsch\p{L}*|Austria\w*|Österreich|Swi(?:ss|tzerland)|Schweiz|Fran(?:ce|ce|kreich)|French|Belg\w*|belge|Spa(?:in|nish)|España|UK|United Kingdom|Ital\w*|Chin\w*|India\w*|Japan\w*|Asia|Africa|Latin America|chileno|M[eé]xic\w*)(?!\p{L})/giu;
const placesIn = (text: string): string =>
  [...new Set((text.match(places) ?? []).map(fold))].sort().join(" ");

function figuresIn(text: string, language: string, kind: SlideAnalysis["kind"]): Figure[] {
  if (later.test(text)) return [];
  const found: Figure[] = [];
  const amounts = moneyIn(text, language).filter(
    ({ bound, currency }) => bound === "exact" && currency !== null,
  );
  const [amount] = amounts;
  if (amount && amounts.length === 1) {
    const money = { value: amount.high, unit: amount.currency ?? "" };
    if (ask.test(text) && !past.test(text)) found.push({ kind: "ask", of: "", ...money });
    else if (market.test(text) && !part.test(text) && !past.test(text)) {
      found.push({ kind: "market", of: placesIn(text), ...money });
    }
  }
  const count = (patterns: readonly RegExp[]): number | null => {
    const digits = patterns
      .map((pattern) => pattern.exec(text)?.[1])
      .find((one) => one !== undefined);
    return digits === undefined ? null : Number(digits.replace(/[.,]/gu, ""));
  };
  const people = count(team);
  if (people !== null && kind !== "competition")
    found.push({ kind: "team", of: "", value: people, unit: "people" });
  const buyers =
    /(?<!\p{L})(?:from|von|de|depuis|desde) \d/iu.test(text) || part.test(text)
      ? null
      : count(customers);
  if (buyers !== null)
    found.push({
      kind: "customers",
      of: /(?<!\p{L})(?:paying|pay|zahlend\p{L}*|payants|de pago)(?!\p{L})/iu.test(text)
        ? "paying"
        : "",
      value: buyers,
      unit: "customers",
    });
  return found;
}

/** Label and number may stand in two boxes, one under the other: "EUR 4bn" over "TAM: all sites". */
function pairs({ blocks }: SlideAnalysis): { text: string; quote: string }[] {
  return blocks.flatMap((label) => {
    if (
      !/^\W?(?:TAM|total addressable market)(?!\p{L})/iu.test(label.text) ||
      /\d/u.test(label.text)
    )
      return [];
    const number = blocks.find(
      (block) =>
        /\d/u.test(block.text) &&
        block.text.length < 24 &&
        Math.abs(block.x - label.x) < 0.06 &&
        block.y < label.y &&
        label.y - block.y < 0.2,
    );
    return number ? [{ text: `TAM ${number.text}`, quote: number.text }] : [];
  });
}

/** Numbers of this slide that other slides may repeat or contradict. */
export function statedFigures(slide: SlideAnalysis): StatedFigure[] {
  const language = slide.language ?? "en";
  const lines = slide.text
    .split("\n")
    .flatMap(sentencesOf)
    .map((text) => ({ text, quote: text }));
  return [...lines, ...pairs(slide)]
    .flatMap(({ text, quote }) =>
      figuresIn(text, language, slide.kind).map((figure) => ({
        ...figure,
        year: yearIn(text),
        quote: clip(quote, quoteMax),
      })),
    )
    .slice(0, figuresMax);
}
