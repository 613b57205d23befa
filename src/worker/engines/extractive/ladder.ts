import { moneyIn } from "./extract/money.ts";
import { whole } from "./text-tools.ts";

/** The steps of a score: each one is there or not. */
export interface Ladder {
  readonly specific: boolean;
  readonly quantified: boolean;
  readonly verifiable: boolean;
  readonly compared: boolean;
  readonly onlyForecast: boolean;
  readonly onlyAdjectives: boolean;
}

const quantity =
  /\d[\d.,]*\s?(?:%|percent|x\b|k\b|m\b|bn?\b|million|billion|mio|mrd|[-–]?(?:days?|weeks?|months?|years?|hours?|minutes?|h\b|min\b)|patients?|users?|customers?|clients?|sites?|hospitals?|clinics?|countries|people|adults?|employees?|downloads?|devices?|units?|partners?|contracts?|pilots?|trips|languages|kg|mm|ms|GB|MB|Tage|Wochen|Monate|Jahre|Patient(?:inn)?en|Kunden|jours|semaines|mois|ans|clients|días|semanas|meses|años|pacientes|clientes)|\b(?:n\s?=\s?\d|Q[1-4]\s?20\d\d)|\b\d+\s+(?:in|of|de|von|sur|out of)\s+\d+/iu;
const proof =
  /\b(?:source|quelle|fuente|fonte|nct\d{8}|isrctn|drks|doi|pmid|patent(?:s)? (?:no|#|number|us|ep)|us\s?\d[\d,]{6,}|ep\s?\d{7}|wo\s?20\d\d|k\d{6}|den\d{6}|iso\s?\d{4,5}|published|peer[- ]reviewed|journal|registry|signed|contract(?:s|ed)?|according to|audited|certified by|accredited|customers? include|LOIs?|letters? of intent|clinicaltrials)\b|https?:|www\.|\b(?:Inc|GmbH|Ltd|LLC|AG|University|Universität|Université|Universidad|Institute|Hospital of|Charité|NHS|Mayo|Stanford|MIT|Harvard|Google|Microsoft|Oracle|Amazon)\b/u;
const comparison = whole(
  "versus|vs\\.?|compared|than|baseline|instead of|control(?:led)?|placebo|standard of care|reduc(?:ed|es|tion|ing)|improv(?:ed|es|ement|ing)|increas(?:ed|es|ing)|from \\$?\\d[\\d.,%]* to|faster|cheaper|better|less|fewer|more|lower|higher|growth of|grew|year[- ]over[- ]year|month[- ]over[- ]month|yoy|mom|mehr als|weniger als|gegenüber|im Vergleich|schneller|günstiger|par rapport|plus que|moins|más que|menos|frente a|comparado",
);
const forecast = whole(
  "will|plan(?:ned|s)?|expect(?:ed|s)?|projected|projections?|forecasts?|target(?:ed|ing|s)?|estimated?|aims?|going to|geplant|erwartet|prévue?s?|previst[oa]s?|proyecci[oó]n(?:es)?|potential|could|would|goal|vision",
);
const actual = whole(
  "achieved|completed|launched|signed|grew|raised|generated|reached|won|built|delivered|has|have|since|current(?:ly)?|live|already|erreicht|abgeschlossen|réalisé|logrado",
);
const adjectives =
  /\b(?:revolutionary|innovative|unique|disruptive|groundbreaking|leading|best|world[- ]class|cutting[- ]edge|state[- ]of[- ]the[- ]art|seamless|huge|massive|game[- ]chang\w+|first|only|einzigartig|innovativ|unique|innovante?|innovador\w?)\b/iu;

/** A proper name or an acronym inside a sentence; titles in capitals do not count. */
function namesSomething(text: string): boolean {
  if (text === text.toUpperCase()) return /\p{L}{3}.*\d/u.test(text);
  return (
    /(?<=[\p{Ll},;:(]\s)(?:\p{Lu}[\p{L}\d&-]+)/u.test(text) ||
    /\b\p{Lu}{2,6}\d{0,2}\b/u.test(text) ||
    /\((?:[^)]{3,40})\)/u.test(text)
  );
}

/** Which steps a found text reaches. `slideText` may hold the source line of the quoted sentence. */
export function climb(
  texts: readonly string[],
  slideTexts: readonly string[],
  hints: number,
): Ladder {
  const all = texts.join("\n");
  const quantified = quantity.test(all) || texts.some((text) => moneyIn(text, "en").length > 0);
  const sourceLine = slideTexts.some((text) =>
    /^\W{0,2}(?:sources?|quellen?|fuentes?)\b/imu.test(text),
  );
  return {
    specific: texts.some(namesSomething) || hints >= 3,
    quantified,
    verifiable: proof.test(all) || (sourceLine && quantified),
    compared: comparison.test(all) && quantified,
    onlyForecast: forecast.test(all) && !actual.test(all),
    onlyAdjectives: !quantified && !texts.some(namesSomething) && adjectives.test(all),
  };
}

/** 1 to 5 by the steps, with the caps for adjectives and forecasts. */
export function scoreOf(ladder: Ladder): number {
  const { specific, quantified, verifiable, compared } = ladder;
  const steps = [specific, quantified, verifiable, compared].filter(Boolean).length;
  if (ladder.onlyAdjectives) return 1;
  return Math.min(1 + steps, ladder.onlyForecast ? 3 : 5);
}
