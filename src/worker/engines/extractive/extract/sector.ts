import type { Sector } from "../../../../contract/results.ts";
import { type Deck, isLegal } from "../deck.ts";
import { foldedText, matcherOf, matches } from "../terms/matcher.ts";
import { sectorTerms } from "../terms/sector-terms.ts";
import { fold, whole } from "../text-tools.ts";
import { kindWeight } from "./place-weight.ts";

/** Names of diseases and places are shared by all sectors: they decide nothing. */
const shared = new Set(
  "depression;anxiety;ptsd;adhd;insomnia;addiction;substance use disorder;hospital;clinic;oncology;diabetes prevention;vital signs;clinical trial;sleep apnea;hearing loss;health data;medical records;pregnancy;angststorung;depresion;ansiedad;adiccion".split(
    ";",
  ),
);

/** What is offered, by the head noun: asked in this order where two weigh the same. */
const headNouns: readonly (readonly [Sector, RegExp])[] = [
  [
    "biotech_pharma",
    whole(
      "antibod(?:y|ies)|molecules?|vaccines?|vectors?|gene therapy|cell therapy|drug (?:candidate|discovery|delivery)|therapeutics? (?:pipeline|candidate)|biologics?|peptides?|Wirkstoff|Impfstoff|principe actif|vaccin|fármaco|vacuna",
    ),
  ],
  [
    "digital_therapeutics",
    whole(
      "digital therapeutics?|therapy app|prescription app|psychotherapy|mental health (?:app|platform)|digital intervention|iCBT|quitting therapy|digitale Therapie|App auf Rezept|thérapie numérique",
    ),
  ],
  [
    "diagnostics_devices",
    whole(
      "headset|patch|sensors?|implants?|scanners?|kits?|assays?|robots?|medical devices?|wearables?|diagnostic(?:s| test| tool)|stimulat(?:or|ion)|neuromodulation|biosensor|catheter|prosthe(?:sis|tic)|ultrasound|imaging|fundus|retina(?:l)?|stethoscope|glucometer|electrocardiogram|ECG|EEG|X-?rays?|non-?invasive|point[- ]of[- ]care|(?:early |disease |cancer )(?:detection|screening)|detect(?:s|ing|ion of)? (?:\\p{L}+ ){0,3}(?:cancer|tumou?rs?|diseases?|diabetes|strokes?|disorders?)|lab test|SaMD|Medizinprodukt|dispositif médical|producto sanitario|Gerät",
    ),
  ],
  [
    "telemedicine",
    whole(
      "telemedicine|telehealth|virtual (?:clinic|care|visits?)|remote (?:patient )?monitoring|hospital at home|teleconsultation|between visits|(?:monitor|supervise|follow)(?:s|ing)? (?:\\p{L}+ )?patients (?:at home|remotely)|patients at home|video (?:visits?|consultations?)|home care|Videosprechstunde|téléconsultation|videoconsulta",
    ),
  ],
  [
    "healthcare_marketplaces",
    whole(
      "marketplace|booking|e-?pharmacy|online pharmacy|health (?:plan|insurance)|second opinion|patient financing|care navigation|find a doctor|medical tourism|staffing marketplace",
    ),
  ],
  [
    "health_data_ai",
    whole(
      "dataset|data platform|real[- ]world (?:data|evidence)|(?:clinical[- ])?trial (?:matching|recruitment|eligibility|automation|management|scheduling|operations|sites?|platform|appointments?|design)|federated learning|(?:cost|risk|disease|outcome) prediction|predict(?:s|ing)? (?:\\p{L}+ ){0,4}(?:risk|costs?|diseases?|conditions?|outcomes?)|predisposition|eligibility|patient recruitment|e-?consent|registry|clinical AI|predictive model|elegibilidad|reclutamiento|prueba de conocimiento cero|zero[- ]knowledge|health data|cohort",
    ),
  ],
  [
    "healthcare_infrastructure",
    whole(
      "EHR|EMR|(?:health|medical|patient|hospital) (?:records?|information systems?|files?)|(?:hospital|clinic|patient) management|billing|scribe|roster(?:ing)?|practice management|clinical documentation|hospital (?:software|operations|information system)|revenue cycle|prior authori[sz]ation|scheduling software|nurse staffing|appointment (?:reminders?|confirmations?|scheduling|management)|patient (?:intake|check-?in|flow)|no-?shows?|front desk|receptionist|blood (?:units?|banks?|supply|inventory)|medical (?:supply|supplies|inventory)|hospital (?:supply|logistics)|clinic management|citas (?:médicas )?|recordatorios|gestión de citas|Praxissoftware|Dienstplan",
    ),
  ],
  [
    "consumer_health",
    whole(
      "tracker|supplements?|medication (?:plan|list|intake|schedule|tracking)|meal plans?|(?:healthy |balanced )?(?:diet|nutrition) (?:plans?|tracking|app)|lifestyle changes?|symptom (?:checker|bot|tracker)|(?:disease|health) checker|blood report|(?:quit|stop)(?:s|ting|ping)? (?:smoking|vaping)|smoking cessation|vaping|medication (?:adherence|reminders?)|(?:pill|medicine) reminders?|patient education|health literacy|home test|health coach|personal health|track(?:ing)?,? (?:and )?(?:interpret|manage)|women'?s health|fertility|menopause|longevity|preventive health|Medikationsplan|Medikamenten(?:plan|liste)|Einnahme(?:plan|erinnerung)|(?:Gesundheits|Medizin)-?app|plan de médicaments|pastillero|Nahrungsergänzung|complément alimentaire",
    ),
  ],
];

/** Mental health as the main indication makes software of any kind a part of it. */
const mentalHealth = whole(
  "mental(?:[- ](?:health|wellness|wellbeing|illness))|PTSD|post[- ]traumatic|depression|anxiety|psychotherap(?:y|ist)|psychological (?:support|help)|suicid(?:e|al)|addiction|salud mental|santé mentale|psychische Gesundheit|saúde mental",
);
const mentalShareMin = 0.35;
const mentalPoints = 7;

const matchers = (Object.keys(sectorTerms) as Sector[]).map((sector) => ({
  sector,
  strong: sectorTerms[sector].strong.filter((term) => !shared.has(fold(term))).map(matcherOf),
  weak: sectorTerms[sector].weak.map(matcherOf),
}));

/** What the sentence of the offering weighs, and a slide by what it shows. */
const weights = { offering: 4, own: 3, early: 1.5 } as const;
const headsMax = 9;

/** Points of head nouns in the sentences that describe the own product. */
function headPoints(deck: Deck, offering: string | null): Map<Sector, number> {
  const points = new Map<Sector, number>();
  const own = deck.slides.filter(
    (slide, index) =>
      !isLegal(slide) &&
      (/^(?:cover|solution|product|science)$/.test(slide.kind) || index < 4) &&
      slide.kind !== "market" &&
      slide.kind !== "competition",
  );
  const places: (readonly [text: string, weight: number])[] = own.map(({ kind, text }) => [
    text,
    kindWeight[kind] >= 3 ? weights.own : weights.early,
  ]);
  if (offering !== null) places.push([offering, weights.offering]);
  for (const [text, weight] of places) {
    for (const [sector, pattern] of headNouns) {
      if (pattern.test(text)) points.set(sector, (points.get(sector) ?? 0) + weight);
    }
  }
  const mental = deck.slides.filter(({ text }) => mentalHealth.test(text)).length;
  if (mental >= 2 && mental / deck.slides.length >= mentalShareMin) {
    points.set("digital_therapeutics", (points.get("digital_therapeutics") ?? 0) + mentalPoints);
  }
  return points;
}

/**
 * The sector of a healthcare deck by what is offered; null when nothing outweighs the rest clearly
 * enough. `offering` is the sentence that says what the company offers.
 */
export function chooseSector(deck: Deck, offering: string | null): Sector | null {
  const best = { sector: null as Sector | null, points: pointsMin };
  for (const { sector, points } of sectorPoints(deck, offering)) {
    if (points > best.points * clearLead) Object.assign(best, { sector, points });
  }
  return best.sector;
}
const pointsMin = 2;
/** The sectors are asked in their order: a later one has to be this much stronger. */
const clearLead = 1.1;

function sectorPoints(
  deck: Deck,
  offering: string | null,
): { readonly sector: Sector; readonly points: number }[] {
  const heads = headPoints(deck, offering);
  const texts = deck.slides
    .filter((slide) => !isLegal(slide) && kindWeight[slide.kind] >= 0.3)
    .map((slide) => ({
      text: foldedText(slide.text),
      weight: Math.min(2, kindWeight[slide.kind]),
    }));
  return headNouns.map(([sector]) => {
    const own = matchers.find((entry) => entry.sector === sector);
    let terms = 0;
    for (const matcher of own?.strong ?? []) {
      terms += Math.max(
        0,
        ...texts.map(({ text, weight }) => (matches(matcher, text) ? weight : 0)),
      );
    }
    for (const matcher of own?.weak ?? []) {
      if (texts.some(({ text }) => matches(matcher, text))) terms += 0.3;
    }
    const points = Math.min(headsMax, heads.get(sector) ?? 0) * 1.3 + Math.min(8, terms) * 0.7;
    return { sector, points };
  });
}
