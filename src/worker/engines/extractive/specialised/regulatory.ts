import type { SpecializedAnalysis } from "../../../../contract/results.ts";
import { type Deck, isLegal } from "../deck.ts";
import { clip, slidesText } from "../text-tools.ts";
import {
  type Ask,
  type ClaimPattern,
  type FoundClaim,
  findClaims,
  openPoints,
  type Point,
  shownClaims,
  slidesOf,
} from "./claims.ts";

const deviceId = /\b(?:K\d{6}|DEN\d{6}|P\d{6}(?:\/S\d{3})?|H\d{6}|G\d{6}|EUA\d{6})\b/u;
const deviceClass =
  /(?<!\p{L})(?:class(?:e)?|Klasse|clase)\s+(?:I{1,3}[ab]?|[1-3]|[A-D])(?![\p{L}\d])/iu;
const route =
  /(?<!\p{L})(?:510\s?\(?k\)?|De Novo|PMA|HDE|IDE|IND|NDA|BLA|ANDA|505\(b\)\(2\)|MDR|IVDR|pre-?sub(?:mission)?|Q-?Sub|conformity assessment|Konformitätsbewertung)(?!\p{L})/iu;
const qms = /\bISO\s?(?:\/IEC\s?)?13485\b|\bQMS\b|quality management system|Qualitätsmanagement/iu;
const idOrDate: Ask = { what: "number and date of the decision", unless: deviceId };
const year: Ask = { what: "a date", unless: /20[2-4]\d|Q[1-4]|\d+ (?:months|Monate|mois|meses)/u };

const patterns: readonly ClaimPattern[] = [
  { kind: "clearance", weight: 6, asks: [idOrDate], re: deviceId },
  {
    kind: "clearance",
    weight: 6,
    asks: [idOrDate],
    warns: 'A 510(k) is cleared and a De Novo granted; "approved" fits PMA, NDA and BLA only.',
    re: /FDA[- ]?approv(?:ed|al)(?=[^.]*\b(?:510|De Novo|class|app|wearable|device|software)\b)|(?:510\s?\(?k\)?|De Novo|wearable|app|device|software)[^.]{0,60}FDA[- ]?approv(?:ed|al)/iu,
  },
  {
    kind: "clearance",
    weight: 5.5,
    asks: [{ what: "status of each product, with its number", unless: deviceId }],
    warns: "Registration and listing are forms, not reviews; the FDA issues no certificates.",
    re: /FDA[- ]?(?:registered|listed|certified|certificate|compliant|accredited)/iu,
  },
  {
    kind: "clearance",
    weight: 5.5,
    asks: [
      {
        what: "class and number of the notified body",
        unless: /notified body|class\s+I{1,3}[ab]?|CE\s?\d{4}/iu,
      },
    ],
    warns:
      "The CE mark is the maker's own declaration; from class IIa a notified body certifies it.",
    re: /\bCE[- ]?(?:certifi(?:ed|cate|cation)|approv(?:ed|al)|zertifizi?ert)\b|\bEMA[- ]approved\b/iu,
  },
  {
    kind: "classification",
    weight: 5,
    warns: "Classes I, IIa, IIb, III are European; the FDA has I, II, III.",
    re: /FDA\s+class\s+II[ab]|(?:CE|MDR).{0,15}class\s+II(?![ab])/iu,
  },
  {
    kind: "designation",
    weight: 5,
    warns: "A designation is no approval and no proof of effect.",
    re: /breakthrough (?:device|therapy)(?: designation| status)?|fast[- ]track(?: designation)?|orphan drug|PRIME designation|breakthrough approval/iu,
  },
  {
    kind: "standard",
    weight: 4.5,
    warns:
      "ISO 13485 certifies a company, not a product; ISO 14971, IEC 62304 and IEC 62366 are complied with, not certified.",
    re: /ISO\s?(?:14971|62304|62366)[^.]{0,20}certif|13485[^.]{0,12}certified product/iu,
  },
  {
    kind: "privacy",
    weight: 4.5,
    asks: [
      {
        what: "audit report, contract or assessment that shows it",
        unless: /BAA|DPIA|SOC\s?2|27001|audit/u,
      },
    ],
    warns: "There is no official HIPAA or GDPR certificate.",
    re: /HIPAA[- ]?certified|GDPR[- ]?certified|(?:DSGVO|RGPD)[- ]?(?:zertifiziert|certifié)/iu,
  },
  {
    kind: "clearance",
    weight: 4.5,
    asks: [idOrDate, year],
    re: /(?<!\p{L})(?:FDA[- ]?(?:approv\w+|clear\w+|clearance|grant\w+|authori[sz]\w+)|(?:approved|cleared|authori[sz]ed) by (?:the )?FDA|emergency use authori[sz]ation|EUA|market(?:ing)? authori[sz]ation|CE[- ]?mark(?:ed|ing)?|CE-Kennzeichnung|marquage CE|marcado CE|Zulassung|autorisation de mise sur le marché|regulatory (?:approval|clearance|submission)|NHS[- ]approved|WHO[- ]approved)(?!\p{L})/iu,
  },
  {
    kind: "route",
    weight: 4,
    asks: [
      {
        what: "predicate or reason for the route",
        unless: /predicate|substantial(?:ly)? equivalen|novel type/iu,
      },
      year,
    ],
    re: route,
  },
  {
    kind: "classification",
    weight: 4,
    asks: [
      {
        what: "the rule or reason behind the class",
        unless: /rule\s?\d+|product code|predicate|Regel\s?\d+/iu,
      },
    ],
    re: deviceClass,
  },
  {
    kind: "quality_system",
    weight: 3.5,
    asks: [
      {
        what: "holder and scope of the certificate",
        unless: /certificate|certified by|TÜV|BSI|DEKRA|scope/iu,
      },
    ],
    re: qms,
  },
  {
    kind: "standard",
    weight: 3,
    re: /\bISO\s?(?:\/IEC\s?)?(?:14971|27001|9001|42001|27701)(?:[:-]20\d\d)?\b|\bIEC\s?(?:62304|62366(?:-1)?|60601(?:-\d+)*|82304(?:-1)?|81001-5-1)\b|\bAAMI\b|\b10993\b/u,
  },
  {
    kind: "reimbursement",
    weight: 3,
    asks: [
      {
        what: "code, listing or contract with its state",
        unless: /\b(?:CPT|HCPCS)\b|\b\d{5}\b|listed|contract|DRG/u,
      },
    ],
    re: /(?<!\p{L})(?:reimburse\w*|CPT|HCPCS|DRG|DiGA|PECAN|LPPR?|Medicare|Medicaid|NHS tariff|Erstattung|remboursement|reembolso|insurance coverage|payer[- ]ready)(?!\p{L})/iu,
  },
  {
    kind: "privacy",
    weight: 2.5,
    asks: [
      {
        what: "how it is shown: audit, contract or assessment",
        unless: /BAA|DPIA|SOC\s?2|27001|audit/u,
      },
    ],
    re: /(?<!\p{L})(?:HIPAA|GDPR|DSGVO|RGPD|SOC\s?2|data protection|privacy[- ](?:focused|by design|preserving)|Datenschutz|confidentialité|privacidad)(?!\p{L})/iu,
  },
  {
    kind: "timeline",
    weight: 2.5,
    asks: [year],
    re: /(?<!\p{L})(?:regulatory (?:plan|pathway|strategy|gap|affairs)|regulat(?:ory|ion)|notified body|FDA|EMA|MHRA|Swissmedic|ANVISA|PMDA|réglementaire|regulatorio|regulatorisch\w*)(?!\p{L})/iu,
  },
];

/** 0 nothing .. 5 status with numbers, by what the claims hold together. */
function scoreOf(found: readonly FoundClaim[]): number {
  if (found.length === 0) return 0;
  const text = found.map(({ text: said, slide }) => `${said}\n${slide.text}`).join("\n");
  const said = found.map((one) => one.text).join("\n");
  const shown = found.some(({ claim }) => claim.kind === "clearance" && claim.status === "shown");
  const dated = /20[2-4]\d|Q[1-4]\s?['’]?\d\d|(?:19|20)?\d\d['’]/u.test(text);
  const hasRoute = route.test(said);
  const anchor = /predicate|notified body|benannte Stelle|pre-?sub/iu.test(text);
  const standards = /ISO\s?13485|IEC\s?6\d{4}/u.test(text);
  if (shown && deviceId.test(text)) return 5;
  if (hasRoute && anchor && standards && dated) return 4;
  if (hasRoute && dated) return 3;
  if (deviceClass.test(said) || hasRoute || shown) return 2;
  return 1;
}

function pointsOf(deck: Deck, found: readonly FoundClaim[]): Point[] {
  const slides = slidesOf(found);
  const whole = deck.slides
    .filter((slide) => !isLegal(slide))
    .map((slide) => slide.text)
    .join("\n");
  const none = (re: RegExp): boolean => !re.test(whole);
  const team = deck.slides.filter((slide) => slide.kind === "team");
  const learned =
    /(?<!\p{L})(?:AI|artificial intelligence|machine learning|deep learning|KI|IA)(?!\p{L})/u.test(
      whole,
    );
  const us = /\bFDA\b|510\s?\(?k/iu.test(whole);
  const eu = /\b(?:CE|MDR|IVDR|EMA)\b/u.test(whole);
  return [
    {
      what: "Intended use in one sentence: indication, population, user.",
      open: none(/intended use|indicated for|indication|Zweckbestimmung|destiné à|uso previsto/iu),
      slides,
    },
    { what: "Class and the reason for it, market by market.", open: none(deviceClass), slides },
    {
      what: "Route and predicate or notified body.",
      open: none(route) || none(/predicate|notified body|benannte Stelle|De Novo|PMA|BLA|NDA/iu),
      slides,
    },
    {
      what: "Status with a number that can be checked.",
      open: none(deviceId) && none(/CE\s?\d{4}|notified body (?:number|no)/iu),
      slides,
    },
    {
      what: "A quality system (ISO 13485) and who holds the certificate.",
      open: none(qms),
      slides,
    },
    {
      what: "The clinical evidence that the route demands.",
      open: none(
        /clinical (?:trial|study|evaluation|data|evidence)|human trials|klinische|essais? cliniques?|ensayos? clínicos?/iu,
      ),
      slides,
    },
    {
      what: "Time and money for clearance inside this round.",
      open: none(
        /(?:regulatory|clinical|FDA|CE|clearance|Zulassung)[^\n]{0,60}(?:[$€£]|%|months|Monate)|(?:[$€£]|%)[^\n]{0,60}(?:regulatory|clinical|FDA|clearance|Zulassung)/iu,
      ),
      slides,
    },
    {
      what: "A named person for regulatory affairs and quality.",
      open: !team.some((slide) =>
        /regulatory|quality|RA\/QA|Zulassung|réglementaire|regulatorio/iu.test(slide.text),
      ),
      slides: team.map((slide) => slide.slide),
    },
    {
      what: us ? "The way into the European market." : "The way into the American market.",
      open: us !== eu,
      slides,
    },
    {
      what: "Cybersecurity and protection of patient data.",
      open: none(
        /HIPAA|GDPR|DSGVO|RGPD|cyber|encrypt|privacy|data protection|Datenschutz|27001|SOC\s?2/iu,
      ),
      slides,
    },
    {
      what: "How changes to the algorithm are handled after clearance.",
      open: learned && none(/PCCP|change control|locked algorithm|change plan/iu),
      slides,
    },
    {
      what: "Reimbursement after clearance.",
      open: none(/reimburse|CPT|HCPCS|DRG|DiGA|Medicare|Erstattung|remboursement|reembolso/iu),
      slides,
    },
  ];
}

/** Regulatory claims with their status, misstatements, and what is missing on the way to market. */
export function analyseRegulatory(deck: Deck): SpecializedAnalysis {
  const found = findClaims(deck, patterns, "regulatory");
  const missing = openPoints(pointsOf(deck, found));
  const score = scoreOf(found);
  if (found.length === 0) {
    const summary = "No slide speaks of class, route, clearance, standards or reimbursement.";
    return { applicable: true, reason: null, summary, score, claims: [], missing };
  }
  const wrong = found.filter(({ pattern }) => pattern.warns !== undefined);
  const planned = found.filter(({ claim }) => claim.status === "planned").length;
  const shown = found.filter(({ claim }) => claim.status === "shown");
  const strongest = shown[0] ?? found[0];
  const summary = [
    `${found.length} regulatory statements stand on ${slidesText(slidesOf(found))}; ${shown.length} are shown with a number or date, ${planned} are plans.`,
    strongest
      ? `The firmest: "${clip(strongest.text, 160)}" (slide ${strongest.slide.slide}).`
      : "",
    wrong.length > 0
      ? `Wording to check on ${slidesText(slidesOf(wrong))}: ${wrong[0]?.pattern.warns ?? ""}`
      : "",
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
