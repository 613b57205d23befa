import type { IssueRule } from "./issues.ts";
import { countedOn, foreign, planned, sampleOf } from "./statements.ts";

/** Verbs of effect with what they act on; an effect on paperwork is no clinical claim. */
const suffered =
  "hospital(?:i[sz]ations?| stays?| days?)?|readmissions?|relapses?|survival|mortality|deaths?|symptoms?|disease|illness|outcomes?|recovery|complications?|pain|flare-?ups?|attacks?|strokes?|infections?|quality of life|progression|Krankenhaus\\p{L}*|Rückfäll\\p{L}*|Lebensqualität|Sterblichkeit|Beschwerden|Symptome?n?|Schmerzen|Krankheit|Komplikationen|hospitalisations?|rechutes?|survie|mortalité|symptômes|maladie|douleurs?|qualité de vie|días de hospital|hospitalizaciones|recaídas|supervivencia|mortalidad|síntomas|enfermedad|dolor|calidad de vida";
const verbs =
  "reduc(?:es?|ed|ing)|lower(?:s|ed|ing)?|prevent(?:s|ed|ing)?|improv(?:es?|ed|ing)|stop(?:s|ped|ping)?|shorten(?:s|ed|ing)?|slow(?:s|ed|ing)?|cut(?:s|ting)?|cure[sd]?|heal(?:s|ed)?|reverse[sd]?|eliminat(?:es|ed)|deliver(?:s|ed)? better|senkt(?:e|en)?|verhindert(?:e)?|verbessert(?:e)?|reduziert(?:e)?|heilt|stoppt|verkürzt|lindert|réduit|prévient|améliore|diminue|guérit|stoppe|reduce|previene|mejora|disminuye|cura|evita";
const effect = new RegExp(
  `(?<!\\p{L})(?:${verbs})(?!\\p{L})[^.]{0,50}(?<!\\p{L})(?:${suffered})(?!\\p{L})|(?<!\\p{L})(?:recovers? (?:faster|sooner)|(?:highly|very|most) effective|is effective|proven efficacy|hochwirksam|très efficace|muy eficaz)(?!\\p{L})`,
  "iu",
);
const proven =
  /(?<!\p{L})(?:(?:clinically|scientifically|medically) (?:proven|validated|tested|verified)|proven (?:clinical )?(?:efficacy|effectiveness)|(?:klinisch|wissenschaftlich|medizinisch) (?:bewiesen|erwiesen|belegt|getestet|validiert)\p{L}*|(?:cliniquement|scientifiquement) (?:prouv|valid|démontr|test)ée?s?|(?:clínicamente|científicamente) (?:probad|demostrad|validad|comprobad)[oa]s?)(?!\p{L})/iu;
const result =
  /accuracy|sensitivity|specificity|accurate|AUC|patients|users|cases|symptoms?|readmissions?|visits|pain|remission|response|reduction|improv|fell|fewer|relapse|mortality|Genauigkeit|Sensitivität|Spezifität|Beschwerden|Patient|Schmerz|Rückf|weniger|précision|sensibilité|spécificité|symptômes|douleur|réduction|precisión|sensibilidad|especificidad|síntomas|dolor|pacientes|reducción/iu;
const works =
  /\d\s?%|(?<!\p{L})(?:efficacy|effective|proved|proven|works|improved|remission|cured|wirksam|efficace|eficaz)(?!\p{L})/iu;
const percent = /\d(?:[.,]\d+)?\s?%/u;
/** Shares of money, contracts and plans are no results of care. */
const business =
  /(?<!\p{L})(?:margin|market|revenue|costs?|savings?|prices?|fees?|Kosten|coûts?|costes?|costos?|share of the round|use of funds|contracts?|retention|churn|discount|equity|growth|CAGR|Marge|Umsatz|Verträge|marché|revenu|contrats|margen|ingresos|contratos)(?!\p{L})/iu;
const sourced = /(?<!\p{L})(?:source|quelle|fuente|et al)s?\s?[:.]|\b(?:19|20)\d\d\)/iu;

/** Plans and suppositions are no claim of effect. */
const supposed = new RegExp(
  `${planned.source}|hypothe|hypothè|hipótesis|(?<!\\p{L})(?:believe|in theory|the idea|glauben|pensons|creemos)(?!\\p{L})`,
  "iu",
);

/** A small study stays one on a slide of numbers or plans; here it is that of others. */
const ofField = /^(?:problem|market|competition|team)$/;

const none: readonly never[] = [];

/** Clinical wording that an investor would stop at (evidence and red flags of clinical validation). */
export const clinicalIssues: readonly IssueRule[] = [
  {
    kind: "efficacy",
    re: proven,
    issue: {
      code: "proven_without_study",
      severity: "major",
      what: "It is called proven, and no slide shows a study of the own product that could prove it.",
      fix: "Show the study: design, n, comparator, effect with interval, registry number; or say what has been measured so far.",
      as_of: null,
    },
    holds: (_sentence, { hasStudy }) => (hasStudy ? null : none),
  },
  {
    kind: "efficacy",
    re: effect,
    issue: {
      code: "effect_without_evidence",
      severity: "major",
      what: "An effect on patients is stated as a fact, and no slide shows own data behind it.",
      fix: "Add the result with n and comparator, or word it as the aim of the next study.",
      as_of: null,
    },
    holds: ({ text, slide }, { hasStudy }) =>
      hasStudy || foreign.test(slide.kind) || supposed.test(text) || percent.test(text)
        ? null
        : none,
  },
  {
    kind: "efficacy",
    re: percent,
    issue: {
      code: "percent_without_number",
      severity: "major",
      what: "A percentage of people or cases stands without their number.",
      fix: "Write n and the comparison beside it: 19 of 20 is 95 %, and may be anything from 76 to 99 %.",
      as_of: null,
    },
    holds: ({ text, slide }, setting) => {
      if (foreign.test(slide.kind) || planned.test(text) || business.test(text)) return null;
      if (!result.test(text) || sourced.test(slide.text)) return null;
      return countedOn(slide.slide, setting) ? null : none;
    },
  },
  {
    kind: "study",
    re: works,
    issue: {
      code: "sample_too_small",
      severity: "major",
      what: "An effect is claimed from fewer than 30 people: chance alone can make it.",
      fix: "Call it a feasibility result, give the interval, and show the size of the study that follows.",
      as_of: null,
    },
    holds: ({ text, slide }) => {
      const sample = sampleOf(text);
      if (sample === null || sample >= 30 || ofField.test(slide.kind)) return null;
      return planned.test(text) ? null : none;
    },
  },
];
