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
      "digital therapeutics?|therapy app|prescription app|psychotherapy|mental health (?:app|platform)|digital intervention|iCBT|digitale Therapie|App auf Rezept|thérapie numérique",
    ),
  ],
  [
    "diagnostics_devices",
    whole(
      "headset|patch|sensors?|implants?|scanners?|kits?|assays?|robots?|medical devices?|wearables?|diagnostic(?:s| test| tool)|stimulat(?:or|ion)|neuromodulation|biosensor|catheter|prosthe(?:sis|tic)|ultrasound|imaging|lab test|SaMD|Medizinprodukt|dispositif médical|producto sanitario|Gerät",
    ),
  ],
  [
    "telemedicine",
    whole(
      "telemedicine|telehealth|virtual (?:clinic|care|visits?)|remote (?:patient )?monitoring|hospital at home|teleconsultation|video (?:visits?|consultations?)|home care|Videosprechstunde|téléconsultation|videoconsulta",
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
      "dataset|data platform|real[- ]world (?:data|evidence)|trial (?:matching|recruitment|eligibility)|eligibility|patient recruitment|e-?consent|blockchain|registry|clinical AI|predictive model|elegibilidad|reclutamiento|prueba de conocimiento cero|zero[- ]knowledge|health data|cohort",
    ),
  ],
  [
    "healthcare_infrastructure",
    whole(
      "EHR|EMR|health records?|billing|scribe|roster(?:ing)?|practice management|clinical documentation|hospital (?:software|operations|information system)|revenue cycle|prior authori[sz]ation|scheduling software|nurse staffing|Praxissoftware|Dienstplan",
    ),
  ],
  [
    "consumer_health",
    whole(
      "tracker|supplements?|home test|health coach|personal health|track(?:ing)?,? (?:and )?(?:interpret|manage)|self[- ]care|women'?s health|fertility|menopause|longevity|preventive health|Nahrungsergänzung|complément alimentaire",
    ),
  ],
];

const matchers = (Object.keys(sectorTerms) as Sector[]).map((sector) => ({
  sector,
  strong: sectorTerms[sector].strong.filter((term) => !shared.has(fold(term))).map(matcherOf),
  weak: sectorTerms[sector].weak.map(matcherOf),
}));

/** Points of head nouns in the sentences that describe the own product. */
function headPoints(deck: Deck): Map<Sector, number> {
  const points = new Map<Sector, number>();
  const own = deck.slides.filter(
    (slide, index) =>
      !isLegal(slide) &&
      (/^(?:cover|solution|product|science)$/.test(slide.kind) || index < 4) &&
      slide.kind !== "market" &&
      slide.kind !== "competition",
  );
  for (const slide of own) {
    const weight = kindWeight[slide.kind] >= 3 ? 3 : 1.5;
    for (const [sector, pattern] of headNouns) {
      if (pattern.test(slide.text)) points.set(sector, (points.get(sector) ?? 0) + weight);
    }
  }
  return points;
}

/** The sector of a healthcare deck; null when nothing outweighs the rest clearly enough. */
export function chooseSector(deck: Deck): Sector | null {
  const heads = headPoints(deck);
  const texts = deck.slides
    .filter((slide) => !isLegal(slide) && kindWeight[slide.kind] >= 0.3)
    .map((slide) => ({
      text: foldedText(slide.text),
      weight: Math.min(2, kindWeight[slide.kind]),
    }));
  const best = { sector: null as Sector | null, points: 2 };
  for (const [sector] of headNouns) {
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
    const points = Math.min(9, heads.get(sector) ?? 0) * 1.3 + Math.min(8, terms) * 0.7;
    if (points > best.points * 1.02) Object.assign(best, { sector, points });
  }
  return best.sector;
}
