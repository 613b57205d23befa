import { whole } from "../text-tools.ts";

/** The company asks, in the present. */
export const askVerb = whole(
  "(?:we(?:['’]re| are)?|currently|now|is|are)\\s+(?:\\w+\\s+){0,2}(?:raising|seeking|asking|looking)|raising(?! (?:awareness|prices?|the bar|standards))|seeking|to raise|the ask|our ask|asking for|funding (?:ask|required|needed|needs?|requirement|sought|request|goal)|investment (?:ask|required|sought|needed|request)|capital (?:required|sought|raise|needed)|round size|target raise|kapitalbedarf|finanzierungsbedarf|investitionsbedarf|wir (?:suchen|sammeln|benötigen|brauchen)|gesucht(?:es)?|nous (?:levons|recherchons|cherchons)|levée de fonds|besoin de financement|tour de table|montant recherché|buscamos|solicitamos|estamos levantando|levantamos|necesitamos|ronda de (?:inversi[oó]n|financiaci[oó]n)|(?:capital|inversi[oó]n) (?:requerid[oa]|solicitad[oa]|buscad[oa])|captação|captando|buscando|cerchiamo|raccolta",
);

/** Right in front of the amount: the strongest sign. */
export const askBefore =
  /(?:rais(?:e|ing)|seek(?:ing)?|ask(?:ing)?(?: for| is)?|round(?: size| of)?|need(?:s|ed)?|looking for|require[sd]?|suchen|benötigen|kapitalbedarf|finanzierungsbedarf|levons|recherchons|buscamos|levantando|captando|cerchiamo)\s*(?:an?|the|about|up to|approx\.?|ca\.?|von|de|of|is|now|minimum|between|additional|initial|total|is)?\s*[:=–-]?\s*(?:up to|bis zu|hasta|jusqu['’]à|~|≈|approx\.?|ca\.?)?\s*$/iu;

export const askTitle = whole(
  "ask|the round|raise|raising|funding|fundraising|use of (?:funds|proceeds)|uses of capital|investment (?:details|opportunity|ask|terms|required|needs?)|seed round|kapitalbedarf|finanzierung(?:srunde|sbedarf)?|mittelverwendung|levée de fonds|besoin de financement|utilisation des fonds|financement|ronda|uso de (?:los )?fondos|inversión|financiación|captação|uso dos recursos|investimento",
);

/** Money that has already come, or came to others. */
export const past = whole(
  "(?:have|has|had|already|previously|successfully)\\s+(?:been\\s+)?(?:raised|secured|closed|received|invested)|raised (?:to date|so far|in|from|by)|(?:total|funds?|capital|funding) raised|to date|so far|last round|previous(?:ly)? (?:round|funding|raised)|total funding|bereits (?:finanziert|eingeworben|erhalten)|bisher(?:ige)?|eingeworben|abgeschlossen(?:e)?|déjà levé|avons levé|levés? (?:en|à ce jour)|à ce jour|hemos (?:levantado|recaudado|recibido)|hasta la fecha|recaudado|ya levantado|já captado|committed|soft[- ]committed|founders? invested|bootstrapped",
);

/** Money of another kind: markets, prices, values, grants, results. */
export const decoy = whole(
  "TAM|SAM|SOM|CAGR|market(?:s| size| value| cap| opportunity)?|industry|spend(?:ing)?|valuation|valued at|valuation cap|pre-?money|post-?money|cap|ARR|MRR|GMV|ACV|revenues?|sales|turnover|EBITDA|profits?|income|margin|savings?|saved?|costs?|priced?|pricing|fees?|subscription|per (?:patient|user|month|year|seat|scan|test|unit|device|annum|day|hour)|/(?:month|mo|year|yr|user|unit)|grants?|non-?dilutive|SBIR|budget|salar(?:y|ies)|exit|acquired|acquisition|IPO|contract|worth|economy|burden|loss(?:es)?|damage|fraud|appraisal|Marktvolumen|Marktgröße|Markt|Umsatz|Kosten|Bewertung|Fördermittel|Zuschuss|Preis|Schaden|marché|chiffre d['’]affaires|valorisation|subvention|coûts?|prix|mercado|facturación|ingresos|valoración|subvención|precio|costes?|costos?|receita|faturamento|preço|custos?",
);

const rounds: readonly (readonly [RegExp, string])[] = [
  [whole("pre[- ]?series\\s+A"), "Pre-Series A"],
  [/(?<![\p{L}\p{N}])s[eé]ries?\s+(?<letter>[A-H])(?:\d|\+)?(?![\p{L}\p{N}])/iu, "Series"],
  [whole("pre[- ]?seed(?:finanzierung|runde)?|pre[- ]?semilla"), "pre-seed"],
  [whole("seed(?:runde|finanzierung)?|amorçage|semilla"), "seed"],
  [
    /(?<![\p{L}\p{N}])angel(?:\s?(?:round|investment|investors?|funding|financing)|s(?=\b))/iu,
    "angel",
  ],
  [whole("bridge (?:round|loan|financing|note)"), "bridge"],
  [whole("growth (?:round|equity|capital|financing)"), "growth"],
  [whole("mezzanine"), "mezzanine"],
  [whole("crowdfunding"), "crowdfunding"],
  [
    whole(
      "convertible(?: (?:note|loan|bond)s?)?|wandeldarlehen|obligations? convertibles?|nota convertible|préstamo convertible|CCPS|CCD|BSA[- ]AIR",
    ),
    "convertible",
  ],
  [/(?<![\p{L}\p{N}])(?:i?SAFE|ASA)(?![\p{L}\p{N}])/u, "SAFE"],
];

/** The round named in a text, in one spelling, or null. */
export function roundIn(text: string): string | null {
  for (const [pattern, name] of rounds) {
    const match = pattern.exec(text);
    if (!match) continue;
    return name === "Series" ? `Series ${match.groups?.letter?.toUpperCase()}` : name;
  }
  return null;
}
