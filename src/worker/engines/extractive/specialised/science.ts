import type { SpecializedAnalysis } from "../../../../contract/results.ts";
import { type Deck, isLegal } from "../deck.ts";
import { extractHealthcare } from "../extract/healthcare.ts";
import { extractName } from "../extract/name.ts";
import { extractOffering } from "../extract/offering.ts";
import { clip, slidesText } from "../text-tools.ts";
import {
  type ClaimPattern,
  type FoundClaim,
  findClaims,
  openPoints,
  ownClaims,
  type Point,
  shownClaims,
  slidesOf,
} from "./claims.ts";

const mechanism =
  /(?<!\p{L})(?:mechanism(?: of action)?|mode of action|acts? (?:on|by|through)|inhibit\w*|block(?:s|ing)? the|bind(?:s|ing)? to|modulat\w+|stimulat(?:es|ing|ion)|activat\w+|receptors?|(?:molecular|disease|metabolic) pathways?|neural circuit|neuro(?:modulation|plasticity)|plasticity|signal(?:ling|ing) pathway|target(?:s|ing)? (?:the )?(?:protein|gene|receptor|cells?)|antibod(?:y|ies)|biomarkers?|Wirkmechanismus|mécanisme d['’]action|mecanismo de acción)(?!\p{L})/iu;
const prior =
  /(?<!\p{L})(?:in vivo|in vitro|in silico|animal (?:model|stud)\w*|mouse|mice|rats?|preclinical|präklinisch|préclinique|preclínico|human (?:data|tissue|genetic\w*)|proof of concept|POC|pilot data|dose[- ]response|published (?:data|results)|clinical (?:data|results|evidence|trials?)|human trials?|phase (?:[1-4]|I{1,3})[ab]?)(?!\p{L})/iu;
const novelty =
  /(?<!\p{L})(?:first[- ]in[- ]class|best[- ]in[- ]class|novel|patent(?:s|ed)?(?: pending)?|proprietary|for the first time|breakthrough|groundbreaking|freedom to operate|exclusive licen[cs]e|neuartig|einzigartig|brevets?|patente[s]?|the first|first (?:ever|to)|world['’]s first)(?!\p{L})/iu;
const risk =
  /(?<!\p{L})(?:(?:scientific|technical|clinical|biological|safety) risks?|limitations?|toxicity|off[- ]target|side effects?|adverse|confound\w+|Risiken|risques|riesgos)(?!\p{L})/iu;
const nextStep =
  /(?<!\p{L})(?:next (?:study|experiment|trial|steps?)|(?:will|plan(?:ned)? to|planned) (?:test|study|validate|enrol\w*|conduct|run)|IND[- ]enabling|pivotal (?:trial|study)|go\/no-?go|human trials?|upcoming (?:trial|study)|first[- ]in[- ]human)(?!\p{L})/iu;
const maturity =
  /(?<!\p{L})(?:TRL\s?[1-9]|prototype|proof of concept|candidate (?:selected|nominated)|design freeze|lead optimi[sz]ation|validated|in development|on the market|Prototyp|prototipo)(?!\p{L})/iu;
const hypothesis =
  /(?<!\p{L})(?:hypothes[ie]s|we (?:believe|propose|hypothesi[sz]e)|capable of (?:improving|detecting|predicting)|predicts?|Hypothese|hypothèse|hipótesis)(?!\p{L})|\bif\b[^.]{5,80}\bthen\b/iu;

const patterns: readonly ClaimPattern[] = [
  {
    kind: "hypothesis",
    weight: 6,
    re: hypothesis,
    asks: [
      { what: "the expected size of the effect", unless: /\d+\s?(?:%|fold|x\b|points)/iu },
      { what: "the population", unless: /patients|people|adults|children|women|men with/iu },
    ],
  },
  {
    kind: "prior_evidence",
    weight: 5,
    re: prior,
    asks: [
      {
        what: "the number of cases or animals and the control",
        unless: /n\s?=\s?\d|control|placebo|sham/iu,
      },
      { what: "replication by others", unless: /replicat|independent|published/iu },
    ],
  },
  {
    kind: "mechanism",
    weight: 4.5,
    re: mechanism,
    asks: [{ what: "own data that show the mechanism at work", unless: prior }],
  },
  {
    // A slide about the science states it in words of its own field.
    kind: "mechanism",
    weight: 2,
    on: /^science$/,
    re: /(?:\S+\s+){5}\S+/u,
    asks: [{ what: "own data that show the mechanism at work", unless: prior }],
  },
  {
    kind: "next_experiment",
    weight: 4,
    re: nextStep,
    asks: [
      { what: "date and cost", unless: /20\d\d|Q[1-4]|[$€£]/u },
      {
        what: "the number that decides between go and stop",
        unless: /go\/no|threshold|endpoint|primary/iu,
      },
    ],
  },
  {
    kind: "risk",
    weight: 3.5,
    re: risk,
    asks: [{ what: "how the risk is answered", unless: /mitigat|reduce|avoid|address/iu }],
  },
  {
    kind: "novelty",
    weight: 3,
    re: novelty,
    asks: [
      {
        what: "granted rights with number and state",
        unless: /granted|erteilt|US\s?\d|EP\s?\d|#\s?\d/u,
      },
      { what: "what it is compared with", unless: /than|versus|vs|compared|existing/iu },
    ],
  },
  {
    kind: "maturity",
    weight: 2.5,
    re: maturity,
    asks: [{ what: "the data that show this stage", unless: prior }],
  },
];

const distinct = (found: readonly FoundClaim[]): ReadonlySet<string> =>
  new Set(found.map(({ claim }) => claim.kind));

/** Sectors whose value rests on a mechanism that has to be proven. */
const scientific = new Set(["biotech_pharma", "diagnostics_devices", "digital_therapeutics"]);

/** A reason when the value does not rest on an unproven mechanism; null when it does. */
function notScience(deck: Deck, found: readonly FoundClaim[]): string | null {
  // A stated supposition has to be judged, whatever else the deck is about.
  if (found.some(({ claim }) => claim.issues.length > 0)) return null;
  const kinds = distinct(found);
  const core = ["hypothesis", "mechanism", "prior_evidence"].filter((kind) =>
    kinds.has(kind),
  ).length;
  const offering = extractOffering(deck, extractName(deck).value).value;
  const sector = extractHealthcare(deck, offering).value?.sector ?? null;
  const mechanical = found.filter(({ claim }) => claim.kind === "mechanism").length;
  if (core >= 2 || mechanical >= 2) return null;
  if (core >= 1 && sector !== null && scientific.has(sector)) return null;
  return "The value does not rest on an unproven biological, clinical or physical mechanism: no slide states a mechanism with evidence for it.";
}

function scoreOf(found: readonly FoundClaim[]): number {
  const own = ownClaims(found);
  const kinds = distinct(found);
  const evidence = own.filter(({ claim }) => claim.kind === "prior_evidence");
  const inPeople = evidence.some(({ text }) => /human|clinical|patients|phase|pilot/iu.test(text));
  const numbered = evidence.some(({ claim }) => claim.status === "shown");
  if (inPeople && numbered && kinds.has("hypothesis") && kinds.has("next_experiment")) return 5;
  if (numbered && (inPeople || evidence.length >= 3)) return 4;
  if (kinds.has("mechanism") && evidence.length > 0) return 3;
  if (kinds.has("mechanism")) return 2;
  return found.length > 0 ? 1 : 0;
}

function pointsOf(deck: Deck, found: readonly FoundClaim[]): Point[] {
  const slides = slidesOf(found);
  const text = deck.slides
    .filter((slide) => !isLegal(slide))
    .map((slide) => slide.text)
    .join("\n");
  const none = (re: RegExp): boolean => !re.test(text);
  const kinds = distinct(found);
  return [
    {
      what: "The result that would stop the project.",
      open: none(/go\/no-?go|stop(?:ping)? (?:rule|criteri)|futility|kill criteri/iu),
      slides,
    },
    {
      what: "A next experiment with date, cost and a number that decides.",
      open: !kinds.has("next_experiment"),
      slides,
    },
    {
      what: "Own data behind the mechanism.",
      open: ownClaims(found).every(({ claim }) => claim.kind !== "prior_evidence"),
      slides,
    },
    {
      what: "Controls and replication by others.",
      open: none(
        /control(?:led| group)?|placebo|sham|replicat\w+|independent(?:ly)? (?:confirm|validat)\w+/iu,
      ),
      slides,
    },
    {
      what: "The expected size of the effect.",
      open: none(/\d+\s?%\s+(?:reduction|improvement|increase|response|remission)|effect size/iu),
      slides,
    },
    {
      what: "Comparison with what is known or used today.",
      open: none(/compared|versus|vs\.?|existing|standard of care|state of the art/iu),
      slides,
    },
    {
      what: "Granted rights or freedom to operate.",
      open: none(/granted|freedom to operate|FTO|issued patent|erteilt/iu),
      slides,
    },
    { what: "The main scientific risk and its answer.", open: !kinds.has("risk"), slides },
  ];
}

/** The first quote of each slot; an empty slot is named as such. */
function hypothesisSentence(found: readonly FoundClaim[]): string {
  const first = (kind: string): FoundClaim | undefined =>
    found.find(({ claim }) => claim.kind === kind);
  const stated = first("hypothesis") ?? first("mechanism");
  return stated
    ? `The idea as stated: "${clip(stated.text, 200)}" (slide ${stated.slide.slide}).`
    : "No sentence states the idea as something that could be tested.";
}

/** The scientific idea, what speaks for it, and what an investor would miss. */
export function analyseScience(deck: Deck): SpecializedAnalysis {
  const found = findClaims(deck, patterns, "science");
  const reason = notScience(deck, found);
  if (reason !== null) {
    return { applicable: false, reason, summary: null, score: null, claims: [], missing: [] };
  }
  const evidence = found.filter(({ claim }) => claim.kind === "prior_evidence");
  const summary = [
    hypothesisSentence(found),
    evidence.length > 0
      ? `Evidence is named on ${slidesText(slidesOf(evidence))}, ${ownClaims(evidence).length} of ${evidence.length} times as own or present.`
      : "No evidence of the own product is named.",
  ].join(" ");
  return {
    applicable: true,
    reason: null,
    summary,
    score: scoreOf(found),
    claims: shownClaims(found),
    missing: openPoints(pointsOf(deck, found)),
  };
}
