import { whole } from "../text-tools.ts";

/** The company asks, in the present. English, German, French, Spanish, then what is cheap of others. */
export const askVerb = whole(
  [
    "(?:we(?:['’]re| are)?|currently|now|is|are)\\s+(?:\\w+\\s+){0,2}(?:raising|seeking|asking|looking)",
    "(?:fund)?raising(?! (?:awareness|prices?|the bar|standards|children|kids))",
    "(?<!-)seeking",
    "(?:need|plan|aim|want|wish|hope|intend|like|going)(?:ing)? to raise|to raise|to be raised|are in need of",
    "the ask|our ask|the raise|the offer(?:ing)?|asking for|ask(?= ?:)",
    "(?:funds?|funding|investment|capital|financing|money|finance) (?:ask|required|requirements?|needed|needs?|sought|requested|request|goal|target|amount)",
    "capital raise|raise(?= ?:)|(?:target|total|current|planned) raise|round (?:size|amount)|size of (?:the )?round|raise (?:size|amount|target)",
    "(?:current|this|open|new) round|fundraise|invest(?:ment)? in us",
    "kapitalbedarf|finanzierungsbedarf|investitionsbedarf|finanzbedarf|finanzierungsziel|wir (?:suchen|sammeln|benötigen|brauchen)|gesucht(?:es)?(?: kapital| investment)?|suchen wir",
    "nous (?:levons|recherchons|cherchons|souhaitons lever|avons besoin)|levée de fonds|lever(?= \\d)|besoins? (?:de financement|financiers?)|tour de table|montant (?:recherché|de la levée)|recherchons|levons",
    "buscamos|solicitamos|estamos (?:levantando|buscando)|levantamos|levantar|necesitamos|ronda (?:de (?:inversi[oó]n|financiaci[oó]n)|actual|abierta)|(?:capital|inversi[oó]n|financiaci[oó]n|monto|importe) (?:requerid[oa]|solicitad[oa]|buscad[oa]|necesari[oa])|lo que pedimos",
    "captação|captando|estamos captando|buscando|procuramos|precisamos de|investimento (?:necessário|pretendido|procurado)",
    "cerchiamo|raccolta|stiamo raccogliendo|round di|capitale richiesto",
    "szukamy|potrzebujemy|potrzeby inwestycyjne|poszukujemy|wij zoeken|we zoeken|kapitaalbehoefte|vi (?:søker|söker|søger)|kapitalbehov|haemme|etsimme|hledáme|yatırım (?:ihtiyacı|arıyoruz)",
  ].join("|"),
);

/** Right in front of the amount: the strongest sign. */
export const askBefore =
  /(?<!\p{L})(?:fund-?rais(?:e|ing)|rais(?:e|ing)|fundraise|seek(?:ing)?|ask(?:ing)?(?: for| is)?|round(?: size| of)?|need(?:s|ed|ing)?|looking for|require[sd]?|(?:^|we(?:['’]re| are)?\s|are\s)requesting|(?:funding|capital|investment) request|suchen|benötigen|brauchen|kapitalbedarf|finanzierungsbedarf|levons|lever|recherchons|cherchons|buscamos|solicitamos|necesitamos|levantando|levantar|captando|precisamos de|procuramos|cerchiamo|szukamy|potrzebujemy|zoeken)\s*(?:(?:an?|the|about|around|up to|approx(?:\.|imately)?|ca\.?|circa|von|de|of|is|now|minimum|between|additional|initial|another|further|only|just|total|in total|seed|pre-?seed|bridge|round|investment|funding|capital|series [a-h]|eine?|une?)\s*){0,4}[:=–-]?\s*(?:up to|bis zu|hasta|jusqu['’]à|~|≈|approx\.?|ca\.?)?\s*$/iu;

/** Words of anyone's need: "A clinic needs $50,000" asks for nothing. */
export const anyonesNeed = /(?<!\p{L})(?:need(?:s|ed)?|require[sd]?|raise|looking for)(?!\p{L})/iu;
export const ourselves =
  /(?<!\p{L})(?:we|our|us|I|company|currently|wir|unser\p{L}*|nous|notre)(?!\p{L})/iu;

/** Instruments that roundIn tells too: how money comes in, not which round it is. */
export const instruments: ReadonlySet<string> = new Set(["convertible", "SAFE"]);

/** Right behind the amount: "$2M seed round", "500k investment needed", "1 Mio. gesucht". */
export const askAfter =
  /^\+?\s*(?:(?:in|as|of|for|an?|our|the|de|en)\s+)?(?:(?:equity|total|new|fresh|convertible|seed|pre-?seed|angel|bridge|growth|series [a-h]\+?|safe|priced)\s+)*(?:round|raise|ask|(?:investment|funding|capital|financing)\s+(?:needed|required|sought|ask|round|request)|needed|sought|required|is (?:sought|needed|required)|gesucht|benötigt|recherchés?|buscad[oa]s?|requerid[oa]s?)(?!\p{L})/iu;

/** A label that says nothing but that money is asked for. */
export const askLabel =
  /^\W*(?:(?:the|our|current|total|target|planned|new) )?(?:(?:seed|pre-?seed|series [a-h]) )?(?:raise|raising|(?:we(?:['’]re| are) )?(?:raising|seeking|asking(?: for)?)|ask|asks|fundraise|round(?: size)?|(?:seed |pre-?seed |series [a-h] )?(?:round|raise|ask)|(?:funding|investment|capital|financing)(?: amount)?(?: (?:required|requirements?|needed|needs?|ask|goal|sought|target|request))|raise (?:size|amount|target)|amount(?: to raise| sought| raising)?|size of (?:the )?round|investment|kapitalbedarf|finanzierungsbedarf|investitionsbedarf|wir suchen|gesucht|finanzierungsrunde|nous (?:levons|recherchons)|levée(?: de fonds)?|montant|besoin(?: de financement)?|ronda|buscamos|inversión|monto|importe|capital requerido|captação|investimento|cerchiamo|szukamy)(?: (?:now|amount|today))?\W*$/iu;

export const askTitle = whole(
  "asks?|the round|raise|raising|funding|fund-?rais(?:e|ing|er)|financing|use of (?:funds|proceeds)|uses? of (?:capital|investment|the money)|investment (?:details|opportunity|ask|terms|required|needs?|plan|proposal|request|round)|invest (?:in|with) \\p{L}+|seed round|(?:the|our|deal|proposed|term) (?:deal|offer|terms?)|what (?:we|do we) (?:need|want|ask)|we(?:['’]re| are) (?:raising|seeking|looking for)|kapitalbedarf|investitionsbedarf|finanzbedarf|finanzierung(?:srunde|sbedarf)?|mittelverwendung|wir suchen|levée de fonds|levée|besoins? de financement|besoins financiers|utilisation des fonds|financement|tour de table|ronda|uso de (?:los )?fondos|destino de (?:los )?fondos|inversión|financiación|financiamiento|captação|uso dos recursos|investimento|investimento richiesto|potrzeby inwestycyjne|inwestycja|kapitaal|investering(?:sbehov)?|kapitalbehov",
);

/** Money that has already come, or came to others: words at the amount. */
export const past = whole(
  "(?:have|has|had|already|previously|successfully|['’]ve)\\s+(?:been\\s+)?(?:raised|secured|closed|received|invested|won|funded)|(?<!be )raised|secured|closed(?: a| our)?|to date|so far|(?:last|prior|past|first|earlier) (?:round|funding|raise)|previous(?:ly)? (?:round|funding|raised|investors?|investments?)|total funding|backed by|led by|invested|bereits (?:finanziert|eingeworben|erhalten|investiert)|bisher(?:ige)?|eingeworben|abgeschlossen(?:e)?|eingesammelt|erhalten|déjà (?:levé|investi)|avons levé|levés? (?:en|à ce jour|auprès)|à ce jour|hemos (?:levantado|recaudado|recibido|invertido)|hasta la fecha|recaudado|ya levantado|invertidos?|levantados? en|já captado|captado|investido|committed|soft[- ]?circled|commitments?|founders? invested|self[- ]funded|bootstrapped|prize|won|award(?:ed)?",
);

/** Money of another kind: markets, prices, values, grants, results. */
export const decoy = whole(
  [
    "TAM|SAM|SOM|CAGR|markets?|industry|industries|sector|spend(?:ing|s)?|spent|opportunity|economy|GDP",
    "valuations?|valued(?: at)?|value|worth|(?:valuation )?cap|pre-?money|post-?money|pre(?![- ]?(?:seed|series|semilla))|post|market cap(?:itali[sz]ation)?|capitali[sz]ation|net worth",
    "ARR|MRR|GMV|GTV|ACV|LTV|CAC|ARPU|AOV|TPV|CLV|revenues?|sales|turnover|bookings|run[- ]rate|EBITDA|profits?|income|margins?|earnings|cash ?flow|burn(?: rate)?|payback",
    "savings?|saves?|saved|costs?|costing|price[ds]?|pricing|fees?|subscriptions?|budgets?|salar(?:y|ies)|wages?|expenses?|rent|commission|ticket|minimum (?:investment|ticket)|per \\p{L}+|(?:a|each|every) (?:month|year|day|week|patient|user|customer|unit)|/ ?\\p{L}+|annually|monthly|yearly|annual",
    "grants?|non-?dilutive|SBIR|EIC|BPI|subsid(?:y|ies)|donations?|scholarships?|loans? of",
    "exits?|acquired|acquisitions?|bought|sold|IPO|contracts?|deals?|orders?|LOIs?|pipeline|backlog|transactions?|payments?|assets|AUM|burden|loss(?:es)?|lost|damages?|fraud|fines?|waste[ds]?|appraisal|equity value|debts?|insured",
    "Marktvolumen|Marktgröße|Marktpotenzial|Markt|Umsatz|Umsätze|Erlöse?|Gewinn|Kosten|Bewertung|Fördermittel|Förderung|Zuschuss|Preis|Schaden|Schäden|Einsparung|pro (?:Jahr|Monat|Nutzer|Patient|Tag|Stück)|im Jahr|jährlich|monatlich|Gehalt",
    "marchés?|chiffre d['’]affaires|CA|valorisation|subventions?|coûts?|prix|recettes|bénéfices?|économies|par (?:an|mois|utilisateur|patient|jour)|mensuel|annuel",
    "mercado|facturación|ingresos|ventas|ganancias?|beneficios?|valoración|subvención|subvenciones|precio|costes?|costos?|gastos?|ahorro|(?:al|por) (?:mes|año|día|usuario|paciente|cliente)|anual(?:es)?|mensual(?:es)?",
    "receitas?|faturamento|preço|custos?|vendas|lucro|ao mês|por ano|valor|fatturato|mercato|prezzo|costi|przych[oó]d\\p{L}*|koszt\\p{L}*|rynek|rok|miesiąc",
  ].join("|"),
);

/** Money to be won, not invested. */
export const prizeWords = whole(
  "compet(?:e|ing) for|prizes?|bount(?:y|ies)|awards?|prize pool|Preisgeld|premios?|prix",
);

/** A round after this one. */
export const laterWords = whole(
  "next round|future (?:rounds?|raise|funding)|subsequent|follow[- ]on|later (?:round|stage)|planned for 20\\d\\d|spätere|nächste (?:Runde|Finanzierungsrunde)|prochain(?:e)? (?:tour|levée)|próxima ronda|futura",
);

const rounds: readonly (readonly [RegExp, string])[] = [
  [whole("pre[- ]?series\\s+A"), "Pre-Series A"],
  [/(?<![\p{L}\p{N}])s[eé]ries?\s+(?<letter>[A-H])(?:\d|\+)?(?![\p{L}\p{N}])/iu, "Series"],
  [whole("pre[- ]?seed(?:finanzierung|runde)?|pre[- ]?semilla|pré[- ]?amorçage"), "pre-seed"],
  [whole("seed(?:runde|finanzierung)?|amorçage|(?:capital )?semilla"), "seed"],
  [
    /(?<![\p{L}\p{N}])angel(?:\s?(?:round|investment|investors?|funding|financing)|s(?=\b))/iu,
    "angel",
  ],
  [whole("friends (?:and|&) family"), "friends and family"],
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
export function roundIn(said: string): string | null {
  const text = said.replace(/(?<=\d[kmb])(?=pre-?seed|seed|series)/giu, " ");
  for (const [pattern, name] of rounds) {
    const match = pattern.exec(text);
    if (!match) continue;
    return name === "Series" ? `Series ${match.groups?.letter?.toUpperCase()}` : name;
  }
  return null;
}
