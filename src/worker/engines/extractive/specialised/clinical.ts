import type { SpecializedAnalysis } from "../../../../contract/results.ts";
import { type Deck, isLegal } from "../deck.ts";
import { clip, slidesText } from "../text-tools.ts";
import {
  type Ask,
  type ClaimPattern,
  type FoundClaim,
  findClaims,
  openPoints,
  ownClaims,
  type Point,
  shownClaims,
  slidesOf,
} from "./claims.ts";

const people =
  /(?<![\p{L}\d])[nN]\s?=\s?\d[\d,.]*|(?<![\d.,])\d[\d,.]*\s?\+?\s+(?:patients?|participants?|subjects?|volunteers?|cases|scans|images|samples|Patient(?:inn)?en|Proband(?:inn)?en|Teilnehmer(?:innen)?|sujets|pacientes|participantes)(?!\p{L})/iu;
const interval =
  /\d{2}\s?%\s?(?:CI|KI|IC)\b|confidence interval|Konfidenzintervall|intervalle de confiance|intervalo de confianza|(?<!\p{L})p\s?[-–]?(?:value|Wert|valeur|valor)?\s?[<=>≤]\s?0?[.,]\d+/iu;
const comparator =
  /(?<!\p{L})(?:control(?:led| group| arm)?|placebo|sham|comparator|versus|vs\.?|compared (?:to|with)|standard of care|usual care|reference standard|gold standard|Kontrollgruppe|témoin|grupo de control)(?!\p{L})/iu;
const registry =
  /\b(?:NCT\d{8}|ISRCTN\d{8}|20\d\d-5\d{5}-\d{2}(?:-\d{2})?|20\d\d-\d{6}-\d{2}|DRKS\d{8}|CTRI\/\d{4}\/\d{2,3}\/\d{6}|ChiCTR[-A-Z]*\d{8,10}|ACTRN\d{14}|jRCTs?\d{9,10}|UMIN\d{9}|KCT\d{7}|PACTR\d{15,16})\b|\b(?:ethics committee|IRB|Ethikkommission)\b/u;
const published =
  /(?<!\p{L})(?:peer[- ]reviewed|published|publication|journal|Lancet|JAMA|NEJM|Nature|preprint|medRxiv|veröffentlicht|publiée?s?|publicad[oa]s?|PMID:?\s?\d+)(?!\p{L})|\b10\.\d{4,9}\/\S+/iu;
const endpoint =
  /(?:primary|secondary|co-?primary)\s+(?:end ?point|outcome)|Endpunkt|critère (?:principal|de jugement)|criterio de valoración/iu;
const safety =
  /(?<!\p{L})(?:safety|(?:proven|well) safe|safe (?:and|for|in|to use)|adverse events?|side effects?|tolerab(?:le|ility)|SAE|Nebenwirkungen|Sicherheit|effets indésirables|seguridad)(?!\p{L})/iu;

/** A count of people on a slide about money or markets is a customer base. */
const experimental = /^(?:clinical|science|traction|product|solution|other)$/;

const asksOfResult: readonly Ask[] = [
  { what: "number of people or cases", unless: people },
  { what: "comparison with a control or reference", unless: comparator },
  { what: "interval or p value", unless: interval },
];

const patterns: readonly ClaimPattern[] = [
  {
    kind: "efficacy",
    weight: 6,
    asks: asksOfResult,
    re: /(?<!\p{L})(?:HR|OR|RR|aHR|aOR|hazard ratio|odds ratio|relative risk)\s*(?:of|:|=)?\s*\d[.,]\d+/u,
  },
  { kind: "efficacy", weight: 6, asks: asksOfResult.slice(0, 2), re: interval },
  {
    kind: "accuracy",
    weight: 5.5,
    asks: asksOfResult,
    re: /(?:sensitivit(?:y|é)|Sensitivität|sensibilit[éä]t?|sensibilidad|specificity|Spezifität|spécificité|especificidad|PPV|NPV|accuracy|Genauigkeit|précision|exactitud|F1|AUC|AUROC|c-?statistic)\s*(?:\([A-Z]+\)\s*)?(?:of|von|de|:|=|>|≥)?\s*(?:0?[.,]\d+|\d{2,3}(?:[.,]\d+)?\s?%)|\d{2,3}(?:[.,]\d+)?\s?%\s+(?:sensitivity|specificity|accuracy|Sensitivität|Spezifität|Genauigkeit|sensibilité|spécificité|sensibilidad|especificidad|accurate)/iu,
  },
  { kind: "registry", weight: 5, re: registry },
  {
    kind: "study",
    weight: 4.5,
    asks: [asksOfResult[0] as Ask, { what: "registration or ethics approval", unless: registry }],
    re: /(?<!\p{L})(?:RCT|randomi[sz]ed|clinical (?:trials?|stud(?:y|ies)|validation|evaluation|pilot)|human trials?|pilot stud(?:y|ies)|pivotal|feasibility study|first[- ]in[- ]human|cohort study|observational study|phase (?:[1-4]|I{1,3}|IV)[ab]?|klinische Studie[n]?|Machbarkeitsstudie|essais? cliniques?|ensayos? clínicos?|preclinical|präklinisch|in vivo)(?!\p{L})/iu,
  },
  { kind: "publication", weight: 4, re: published },
  {
    kind: "efficacy",
    weight: 4,
    asks: [
      { what: "the study behind the claim", unless: /stud(?:y|ies)|trial|Studie|étude|estudio/iu },
      ...asksOfResult.slice(0, 2),
    ],
    warns: "A claim this strong needs a controlled study of the own product.",
    re: /(?<!\p{L})(?:100\s?%\s?(?:accura\p{L}+|sensitiv\p{L}+|safe|effective)|zero (?:side effects|risk|false positives)|no side effects|clinically (?:proven|validated|tested)|scientifically (?:proven|validated)|klinisch (?:bewiesen|erwiesen|getestet|validiert)|cliniquement (?:prouvé|validé)e?s?|clínicamente (?:probad[oa]s?|demostrad[oa]s?|validad[oa]s?)|guarantee[sd]?|miracle|cures?)(?!\p{L})/iu,
  },
  {
    kind: "efficacy",
    weight: 3.5,
    asks: asksOfResult,
    re: /(?:reduc\w+|improv\w+|increas\w+|lower\w*|decreas\w+|remission|response rate|Reduktion|Verbesserung|réduction|amélioration|reducción|mejora)[^.]{0,60}\d+(?:[.,]\d+)?\s?(?:%|points?|fold|x\b)|\d+(?:[.,]\d+)?\s?%\s+(?:\p{L}+\s+){0,3}(?:reduction|improvement|increase|decrease|remission|response|fewer|less|lower|higher)/iu,
  },
  {
    kind: "study",
    weight: 3,
    on: experimental,
    re: people,
  },
  { kind: "safety", weight: 3, asks: asksOfResult.slice(0, 1), re: safety },
  {
    kind: "efficacy",
    weight: 2.5,
    asks: asksOfResult,
    re: /(?<!\p{L})(?:improving|improves?|treats?|effective|efficacy|therapeutic results|inhibit|outcomes?|wirksam|efficace|eficacia|better (?:outcomes|results))(?!\p{L})/iu,
  },
  {
    kind: "adherence",
    weight: 2.5,
    asks: asksOfResult.slice(0, 1),
    re: /(?<!\p{L})(?:adherence|compliance rate|retention|completion rate|drop-?out|engagement rate|Therapietreue|observance|adherencia)(?!\p{L})/iu,
  },
  {
    kind: "economics",
    weight: 2.5,
    asks: [{ what: "the baseline and the site where it was measured", unless: comparator }],
    re: /(?<!\p{L})(?:QALY|cost[- ]effective(?:ness)?|readmissions?|length of stay|cost reduction|saves? \$?\d|health[- ]economic)(?!\p{L})/iu,
  },
  {
    kind: "testimonial",
    weight: 1.5,
    asks: [{ what: "measured results in place of an opinion", unless: people }],
    re: /(?<!\p{L})(?:testimonials?|users? (?:say|love|report)|survey(?:ed)?|satisfaction|NPS|interviews?)(?!\p{L})|^["“].{30,}["”]/iu,
  },
];

/** The rung of the evidence ladder that own results reach; 0 nothing .. 5 as the score counts. */
function rungOf(own: readonly FoundClaim[]): { score: number; name: string } {
  const text = own.map((one) => `${one.text}\n${one.slide.text}`).join("\n");
  const results = own.filter(({ pattern }) => pattern.kind !== "testimonial");
  const has = (re: RegExp): boolean => re.test(text);
  if (
    has(
      /(?<!\p{L})(?<!not |non-|nicht )(?:RCT|randomi[sz]ed|multicent(?:er|re)|double[- ]blind|systematic review|meta-?analysis)(?!\p{L})/iu,
    ) &&
    has(people) &&
    (has(registry) || has(published)) &&
    has(interval)
  ) {
    return {
      score: 5,
      name: "a controlled study with registration or publication and size of effect",
    };
  }
  if (
    has(
      /(?<!\p{L})(?<!not |non-|nicht )(?:prospective|randomi[sz]ed|RCT|cohort|controlled)(?!\p{L})/iu,
    ) &&
    has(people) &&
    has(comparator)
  ) {
    return { score: 4, name: "a prospective study with a comparison" };
  }
  const counted = results.some(
    ({ text: said, slide }) =>
      (people.test(said) || /\d\s?%/.test(said)) &&
      (/n\s?=\s?\d|(?<!\p{L})(?:pilot|we|our|study|Studie|étude|estudio|piloto)(?!\p{L})/iu.test(
        said,
      ) ||
        /^(?:clinical|science|traction)$/.test(slide.kind)),
  );
  if (counted && has(people)) return { score: 3, name: "an own study or pilot with numbers" };
  if (
    has(
      /(?<!\p{L})(?:bench|in vitro|in vivo|animal|mouse|mice|retrospective|phantom|simulation|proof of concept|prototype|preclinical)(?!\p{L})/iu,
    )
  ) {
    return { score: 2, name: "bench, animal or retrospective work, or a proof of concept" };
  }
  return own.length > 0
    ? { score: 1, name: "statements and opinions without data" }
    : { score: 0, name: "nothing" };
}

/** The checklist of missing proof: a point stands when its words are on no slide with a claim. */
function pointsOf(deck: Deck, found: readonly FoundClaim[], own: readonly FoundClaim[]): Point[] {
  const slides = slidesOf(found);
  const text = [...new Set(found.map(({ slide }) => slide))]
    .map(({ text: said }) => said)
    .join("\n");
  const whole = deck.slides
    .filter((slide) => !isLegal(slide))
    .map((slide) => slide.text)
    .join("\n");
  const none = (re: RegExp): boolean => !re.test(text);
  const ownResults = own.filter(({ pattern }) =>
    /efficacy|accuracy|study|registry|safety/.test(pattern.kind),
  );
  const sizes = [...text.matchAll(/(?<![\p{L}\d])[nN]\s?=\s?(\d[\d,.]*)/gu)].map((match) =>
    Number((match[1] ?? "0").replace(/[,.]/g, "")),
  );
  const absolute = found.filter(({ pattern }) => pattern.warns !== undefined);
  const planned = found.filter(({ claim }) => claim.status === "planned");
  const learned =
    /(?<!\p{L})(?:AI|artificial intelligence|machine learning|deep learning|algorithm|KI|IA)(?!\p{L})/u;
  const payer =
    /(?<!\p{L})(?:payers?|payors?|insur(?:er|ance)s?|reimburse\w*|Krankenkassen?|assurance maladie|aseguradoras?)(?!\p{L})/iu;
  return [
    {
      what: "Own data: no result of the own product is shown.",
      open: ownResults.length === 0,
      slides,
    },
    {
      what: "A comparison: no control group, reference standard or baseline is named.",
      open: none(comparator),
      slides,
    },
    { what: "The number of people or cases behind the results.", open: none(people), slides },
    {
      what: "A larger sample: the numbers shown are below 30.",
      open: sizes.length > 0 && Math.max(...sizes) < 30,
      slides,
    },
    { what: "A primary endpoint, fixed beforehand.", open: none(endpoint), slides },
    { what: "Size of effect with interval or p value.", open: none(interval), slides },
    { what: "Registration or ethics approval of the study.", open: none(registry), slides },
    { what: "Publication or review by others.", open: none(published), slides },
    {
      what: "A controlled study behind the strongest wording.",
      open: absolute.length > 0,
      slides: slidesOf(absolute),
    },
    {
      what: "External validation of the algorithm at other sites.",
      open:
        learned.test(whole) &&
        none(
          /external(?:ly)? validat\w+|independent (?:test|validation) set|multi-?(?:site|cent(?:er|re))/iu,
        ),
      slides,
    },
    { what: "Safety data.", open: none(safety), slides },
    {
      what: "Date and money for the next study.",
      open:
        planned.length > 0 &&
        !planned.some(({ text: said }) => /20\d\d|Q[1-4]|\d+ months/u.test(said)),
      slides: slidesOf(planned),
    },
    {
      what: "Use and adherence data.",
      open: none(/adherence|retention|usability|completion|usage|Therapietreue|observance/iu),
      slides,
    },
    {
      what: "Economic proof for the payer that is named.",
      open:
        payer.test(whole) &&
        none(/QALY|cost[- ]effective|savings?|readmission|health[- ]economic/iu),
      slides,
    },
  ];
}

/** Clinical claims with their status, and the proof that an investor would miss. */
export function analyseClinical(deck: Deck): SpecializedAnalysis {
  const found = findClaims(deck, patterns, "clinical");
  const own = ownClaims(found);
  const { score, name } = rungOf(own);
  const planned = found.filter(({ claim }) => claim.status === "planned").length;
  const missing = openPoints(pointsOf(deck, found, own));
  if (found.length === 0) {
    const summary = "No slide states a clinical result, study or claim of effect.";
    return { applicable: true, reason: null, summary, score: 0, claims: [], missing };
  }
  const strongest = found[0];
  const summary = [
    `${found.length} statements about effect, accuracy or studies stand on ${slidesText(slidesOf(found))}${planned > 0 ? `; ${planned} of them are plans` : ""}.`,
    strongest
      ? `The weightiest: "${clip(strongest.text, 160)}" (slide ${strongest.slide.slide}, ${strongest.claim.status}).`
      : "",
    `The highest evidence shown for the own product is ${name}.`,
  ];
  const text = summary.filter(Boolean).join(" ");
  return {
    applicable: true,
    reason: null,
    summary: text,
    score,
    claims: shownClaims(found),
    missing,
  };
}
