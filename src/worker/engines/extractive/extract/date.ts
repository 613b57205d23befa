import type { Evidence, Extractions } from "../../../../contract/results.ts";
import { type Deck, footerKey, isLegal, type Paragraph, sureEvidenceOf } from "../deck.ts";
import { countWords, fold, whole } from "../text-tools.ts";

type DeckDate = Extractions["deck_date"];

interface Found {
  /** ISO date, year-month or year. */
  readonly value: string;
  readonly precise: number;
  readonly from: number;
  readonly to: number;
}

const monthStems: readonly (readonly [number, RegExp])[] = [
  [1, /^(?:jan|ene)/],
  [2, /^(?:feb|fev)/],
  [3, /^(?:mar|mrz)/],
  [4, /^(?:apr|avr|abr)/],
  [5, /^(?:may|mai|mag)/],
  [6, /^(?:jun|juin|giu)/],
  [7, /^(?:jul|juil|lug)/],
  [8, /^(?:aug|aou|ago)/],
  [9, /^(?:sep|set)/],
  [10, /^(?:oct|okt|out|ott)/],
  [11, /^nov/],
  [12, /^(?:dec|dez|dic)/],
];
const month =
  "jan(?:uary|uar|vier|eiro|\\.)?|enero|feb(?:ruary|ruar|rero|\\.)?|février|fevereiro|mar(?:ch|s|zo|ço|\\.)?|märz|mrz|apr(?:il|ile|\\.)?|avril|abril|may|mai|mayo|maio|jun(?:e|i|io|ho|\\.)?|juin|jul(?:y|i|io|ho|\\.)?|juillet|aug(?:ust|\\.)?|août|agosto|sept?(?:ember|iembre|embre|\\.)?|setembro|o[ck]t(?:ober|obre|ubre|\\.)?|outubro|nov(?:ember|embre|iembre|embro|\\.)?|de[cz](?:ember|embro|\\.)?|décembre|diciembre";
const datePattern = new RegExp(
  `(?<![\\p{L}\\d/.-])(?:(?<iso>20\\d\\d([-/.])(?:0[1-9]|1[0-2])(?:\\2[0-3]\\d)?)|(?<nm>0?[1-9]|1[0-2])[/.](?<ny>20\\d\\d)|(?<a>[0-3]?\\d)(?<sep>[./-])(?<b>[01]?\\d|[0-3]\\d)\\k<sep>(?<dy>(?:20)?\\d\\d)|(?:(?<d>[0-3]?\\d)(?:st|nd|rd|th|er|\\.|º)?(?:\\s?[-–]\\s?[0-3]?\\d(?:st|nd|rd|th|\\.)?)?\\s*(?:de\\s+|of\\s+)?)?(?<mon>${month})[\\s,/–-]*(?:de(?:l)?\\s+)?(?:(?<d2>[0-3]?\\d)(?:st|nd|rd|th)?(?:\\s?[-–]\\s?[0-3]?\\d(?:st|nd|rd|th)?)?,?\\s+)?(?<y>['’]\\d\\d|20\\d\\d)|(?<q>[QTH]\\s?[1-4]|spring|summer|autumn|fall|winter|frühjahr|sommer|herbst|printemps|été|automne|primavera|verano|otoño)\\s?[/' ’-]?\\s?(?<qy>20\\d\\d)|(?<year>20[0-4]\\d)(?:-(?:I{1,2}|[12]))?)(?![\\p{L}\\d/-]|\\.\\d)`,
  "giu",
);

const marker = whole(
  "pitch\\s?deck|investor (?:deck|presentation|briefing|update)|company presentation|presentation|präsentation|présentation|presentación|apresentação|deck|briefing|confidential|as of|stand|état au|à jour au|version|versión|updated?|last updated",
);
const event = whole(
  "\\p{L}*hack(?:athon)?\\p{L}*|demo ?day|conference|konferenz|conférence|congreso|kongress|summit|pitch (?:day|night|event|competition|contest)|challenge|desaf[ií]o|défi|competition|concours|concurso|wettbewerb|batch|cohort|accelerator|bootcamp|edition|edici[oó]n|edição|édition|congress|startup (?:week|weekend)|(?:final|course|capstone|term|semester|class) project|proyecto (?:final|de (?:curso|grado))|projet de fin|abschlussprojekt|semester|semestre|trimester|trimestre|jam|expo|science fair|olympiad",
);
const decoy = whole(
  "since|founded|founding|incorporated|established|est|gegründet|seit|depuis|fondée?|desde|fundada|launch(?:ed|ing)?|by|until|bis|avant|hasta|plan(?:ned|s)?|forecast|projected|projections?|expected?|target|goal|vision|milestones?|patents?|filed|granted|source|study|report|survey|et al|journal|closed|raised|deadline|expires?|approval|trial|roadmap|prognose|quelle|fuente|winners?|won|awarded|awards?|gewinner|finalists?|lauréat|ganador(?:es)?|retrieved|accessed|census|index|ranking|according|worldwide|population|born|class of|alumni|lanzamiento|lancement|revenues?|sales|users|customers|market|CAGR|TAM",
);
const copyright = /(?:©|\(c\)|copyright)/iu;

const two = (value: number): string => String(value).padStart(2, "0");

export type Order = "day_first" | "month_first" | "unknown";

function fromNumbers(
  groups: Record<string, string | undefined>,
  dotted: boolean,
  order: Order,
): string | null {
  const a = Number(groups.a);
  const b = Number(groups.b);
  const year = Number(groups.dy) < 100 ? 2000 + Number(groups.dy) : Number(groups.dy);
  if (a > 31 || b > 31 || a === 0 || b === 0) return null;
  if (dotted || a > 12 || (order === "day_first" && b <= 12))
    return b <= 12 ? `${year}-${two(b)}-${two(a)}` : null;
  if (b > 12) return a <= 12 ? `${year}-${two(a)}-${two(b)}` : null;
  if (a === b) return `${year}-${two(a)}-${two(b)}`;
  // Both orders are possible: only a deck in English with dollars settles it.
  return order === "month_first" ? `${year}-${two(a)}-${two(b)}` : String(year);
}

/** Dates in a text as the longest form that is certain. */
export function datesIn(text: string, order: Order): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(datePattern)) {
    const groups = match.groups ?? {};
    let value: string | null = null;
    if (groups.iso) value = groups.iso.replace(/[/.]/gu, "-");
    else if (groups.nm) value = `${groups.ny}-${two(Number(groups.nm))}`;
    else if (groups.a) value = fromNumbers(groups, groups.sep === ".", order);
    else if (groups.mon) {
      const stem = fold(groups.mon);
      const number = monthStems.find(([, pattern]) => pattern.test(stem))?.[0];
      const year = groups.y?.replace(/^['’]/u, "20") ?? "";
      const day = Number(groups.d ?? groups.d2 ?? 0);
      value = number
        ? `${year}-${two(number)}${day >= 1 && day <= 31 ? `-${two(day)}` : ""}`
        : null;
    } else value = groups.qy ?? groups.year ?? null;
    if (value) {
      const precise = value.length === 4 && !groups.qy ? 0 : value.length;
      found.push({ value, precise, from: match.index, to: match.index + match[0].length });
    }
  }
  return found;
}

/** Right in front of a date: it is that of something else. */
const decoyBefore =
  /(?:since|founded|founded in|established|established in|est\.?|inc\.|incorporated in|seit|gegründet|gegründet in|depuis|fondée? en|créée? en|desde|fundada en|by|until|bis|avant|hasta|before|from|nach|after|source[^.]{0,40}|launch(?:ed|ing)?(?: in)?)\s*:?\s*$/iu;
/** Who makes templates and pictures puts a year of their own on every page. */
const foreignFooter =
  /template|slidebean|slidesgo|canva|envato|freepik|powerpoint|getty|shutterstock|unsplash|openstreetmap|statista|presentation ?(?:go|magazine)/iu;
const timelineDates = 4;

interface Scored extends Found {
  readonly paragraph: Paragraph;
  readonly score: number;
}

function scoreOf(
  deck: Deck,
  paragraph: Paragraph,
  date: Found,
  repeated: number,
  onSlide: number,
): number {
  const { slide, text } = paragraph;
  const first = deck.slides[0]?.slide;
  const last = deck.slides.at(-1)?.slide;
  const rest = text.slice(0, date.from) + text.slice(date.to);
  const yearOnly = date.precise === 0;
  const footer = repeated >= Math.max(3, deck.slides.length * 0.4);
  const front = text.slice(0, date.from);
  if (foreignFooter.test(text) || decoyBefore.test(front)) return 0;
  // "in 2022" tells a story; a deck dates itself without a preposition.
  if (date.precise === 0 && /(?<!\p{L})(?:in|im|en|em)\s+$/iu.test(front)) return 0;
  if (copyright.test(text)) return footer || slide.slide === first || slide.slide === last ? 4 : 0;
  let score = 0;
  const titlePage = slide.slide === first && slide.words < 80;
  if (slide.slide === first) score += 4;
  else if (slide.slide === last) score += 3;
  else if (slide.kind === "contact" || slide.kind === "cover") score += 2;
  if (footer) score += 4;
  const named = marker.test(rest);
  // The event and its year often stand in two lines of the cover.
  const held = event.test(slide.slide === first && slide.words < 60 ? slide.text : rest);
  if (named) score += 3;
  if (held) score += 2;
  if (countWords(rest) === 0) score += 1;
  else if (countWords(rest) <= 7) score += 0.5;
  else if (!footer && !named) score -= 2;
  if (decoy.test(rest) && !named) score -= 4;
  // Many dates on one slide are the steps of a plan or the labels of a chart.
  if (onSlide >= timelineDates && !named && !footer) score -= 4;
  if (/^(?:roadmap|financials|traction|market|competition)$/.test(slide.kind) && !footer && !named)
    score -= 3;
  // A bare year dates a deck only beside a word that says so.
  const brief = countWords(rest) <= briefWords;
  if (yearOnly && !named && !held && !(footer && brief)) score -= 3;
  if (yearOnly && !named && !held && brief && titlePage && countWords(rest) > 0) score += 2.5;
  if (yearOnly && countWords(rest) === 0 && slide.slide === first) score += 2;
  return score;
}

const acceptFrom = 4;
const briefWords = 6;

const evidenceOfDate = ({ paragraph: { slide, text }, from, to }: Scored): Evidence =>
  sureEvidenceOf(slide, text, text.slice(from, to));

/** Other dates that could as well be the deck's own; an older copyright year is no contradiction. */
function rivalsOf(chosen: Scored, scored: readonly Scored[]): DeckDate["conflicts"] {
  const values = new Map<string, Scored>();
  for (const other of scored) {
    const same = other.value.startsWith(chosen.value) || chosen.value.startsWith(other.value);
    if (same || copyright.test(other.paragraph.text) || values.has(other.value)) continue;
    values.set(other.value, other);
  }
  return [...values.values()]
    .slice(0, 2)
    .map((other) => ({ value: other.value, evidence: [evidenceOfDate(other)] }));
}

/**
 * The date the deck gives itself: cover, last page or footer, or an event with a year. Dates of
 * plans, studies and rounds are left out, and so are dates after `today` (ISO).
 */
export function extractDate(deck: Deck, today: string): DeckDate {
  const all = deck.slides.map((slide) => slide.text).join("\n");
  const order: Order =
    deck.language !== "en" || (/[€£]/u.test(all) && !all.includes("$"))
      ? "day_first"
      : all.includes("$")
        ? "month_first"
        : "unknown";
  const footers = new Map<string, number>();
  for (const { text } of deck.paragraphs) {
    const key = footerKey(text);
    footers.set(key, (footers.get(key) ?? 0) + 1);
  }
  const counts = new Map(
    deck.slides.map((slide) => [
      slide,
      new Set(datesIn(slide.text, order).map(({ value }) => value)).size,
    ]),
  );
  const scored: Scored[] = [];
  for (const paragraph of deck.paragraphs) {
    if (isLegal(paragraph.slide) || paragraph.text.length > 300) continue;
    const repeated = footers.get(footerKey(paragraph.text)) ?? 1;
    for (const date of datesIn(paragraph.text, order)) {
      if (date.value > today.slice(0, date.value.length)) continue;
      const score = scoreOf(deck, paragraph, date, repeated, counts.get(paragraph.slide) ?? 0);
      if (score >= acceptFrom) scored.push({ ...date, paragraph, score });
    }
  }
  scored.sort((a, b) => b.score - a.score || b.precise - a.precise);
  const best = scored[0];
  if (!best) {
    const note = "The deck does not date itself.";
    return { value: null, confidence: 0.6, evidence: [], note, conflicts: [] };
  }
  const exact = scored
    .filter((other) => other.value.startsWith(best.value))
    .sort((a, b) => b.value.length - a.value.length || b.score - a.score)[0];
  const chosen = exact ?? best;
  const onlyCopyright = copyright.test(chosen.paragraph.text);
  const conflicts = rivalsOf(chosen, scored);
  const sure = Math.min(conflicts.length > 0 ? 0.5 : 0.95, 0.45 + chosen.score / 20);
  return {
    value: chosen.value,
    confidence: onlyCopyright ? 0.4 : sure,
    evidence: [evidenceOfDate(chosen)],
    note: onlyCopyright ? "Taken from a copyright line: the year only." : null,
    conflicts,
  };
}
