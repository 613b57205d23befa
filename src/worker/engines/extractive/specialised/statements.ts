import type { Deck } from "../deck.ts";
import type { Sentence } from "../search.ts";

/** What wording tells about a statement, in English, German, French and Spanish (domain terms of clinical studies). */
const people =
  /(?<![\p{L}\d])[nN]\s?=\s?(\d[\d,.]*)|(?<![\d.,])(\d[\d,.]*)\s?\+?\s+(?:patients?|participants?|subjects?|volunteers?|cases|scans|images|samples|Patient(?:inn)?en|Proband(?:inn)?en|Teilnehmer(?:innen)?|sujets|pacientes|participantes)(?!\p{L})/iu;
const proof =
  /\d{2}\s?%\s?(?:CI|KI|IC)\b|\b(?:CI|KI|IC)\s\d{2}\s?%|(?<!\p{L})p\s?[<=>≤]\s?0?[.,]\d|\b(?:NCT|ISRCTN|DRKS)\d{8}\b|\b10\.\d{4,9}\/|(?<!\p{L})(?:published|peer[- ]reviewed|randomi[sz]ed|randomisiert\p{L}*|randomisée?|aleatorizad[oa]|control(?:led| group)|placebo|sham|usual care|reference standard|Goldstandard|veröffentlicht|publiée?|publicad[oa])(?!\p{L})/iu;
export const planned =
  /(?<!\p{L})(?:will|plan(?:ned|s)?|expect(?:ed|s)?|targeted|aim(?:s)? to|to be (?:filed|submitted)|submission|in progress|ongoing|upcoming|starts? in|in preparation|geplant\p{L}*|beantragt|angestrebt|vorgesehen|prévue?s?|en cours|previst[oa]s?|en trámite)(?!\p{L})/iu;
/** Slides that speak of the disease, the field, rivals or people. */
export const foreign = /^(?:problem|market|competition|team|roadmap|ask|financials|contact)$/;
const sampleMin = 30;

/** Numbers of people in a statement. */
export const sampleOf = (text: string): number | null => {
  const match = people.exec(text);
  const digits = (match?.[1] ?? match?.[2] ?? "")
    .replace(/[,.]$/u, "")
    .replace(/[,.](?=\d{3})/gu, "");
  return digits === "" ? null : Number(digits);
};

/** Shown on a bench, in cells or animals: no study of people. */
const benched =
  /(?<!\p{L})(?:bench|in[- ]vitro|in[- ]vivo|ex[- ]vivo|in[- ]silico|pre-?clinical|animals?|mice|mouse|rats?|pigs?|phantom|simulat\p{L}+|dose[- ]response|Labor(?:daten|versuche?)?|präklinisch\p{L}*|Tierversuch\p{L}*|précliniques?|préclínic[oa]s?|preclínic[oa]s?|souris|ratones|laboratoire|laboratorio|Dosis-?Wirkungs\p{L}*)(?!\p{L})/iu;

/** A study of the own product that was done, is large enough, and can be checked or compared. */
export const isStudy = ({ text, slide }: Sentence): boolean =>
  !foreign.test(slide.kind) &&
  !planned.test(text) &&
  !benched.test(text) &&
  (sampleOf(text) ?? 0) >= sampleMin &&
  proof.test(text);

/** What the rules look at beside the sentence itself. */
export interface Setting {
  readonly deck: Deck;
  readonly sentences: readonly Sentence[];
  readonly hasStudy: boolean;
}

/** People counted on this slide in a statement that is no plan. */
export const countedOn = (slide: number, { sentences }: Setting): boolean =>
  sentences.some(
    (one) => one.slide.slide === slide && people.test(one.text) && !planned.test(one.text),
  );
