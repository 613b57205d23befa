import { moneyIn } from "../extract/money.ts";
import { clip, countWords, whole } from "../text-tools.ts";
import { isRead } from "./doubtful.ts";
import { type FeedbackPage, findingOf, isSource, type Rule } from "./page.ts";

const evidenceKinds = /^(?:clinical|market|traction|ask|financials|regulatory)$/;
const verb =
  /(?<![\p{L}])(?:is|are|was|has|have|can|will|do|does|makes?|helps?|saves?|reduces?|cuts?|grows?|needs?|provides?|offers?|enables?|shows?|wins?|beats?|reach(?:es)?|works?|costs?|takes?|gets?|lets?|comes?|goes|grows|falls?|rises?|turns?|stays?|carries|carry|becomes?|owns?|moves?|pays?|buys?|sells?|match(?:es)?|fills?|reads?|sees?|keeps?|loses?|drives?|runs?|delivers?|measures?|proves?|replaces?|connects?|catch(?:es)?|detects?|treats?|prevents?|never|already|finds?|misses|lacks?|solves?|leads?|doubles?|triples?|brings?|raising|raise|seek(?:s|ing)?|built|founded|ist|sind|hat|haben|kann|wird|spart|senkt|est|sont|ont|peut|réduit|es|son|está|hay|tiene|puede|reduce|é|são|tem|pode)(?![\p{L}])|n['’]t\b|\p{L}{3,}(?:ed|izes|ises|ifies)(?![\p{L}])/iu;

const isClaim = (title: string): boolean =>
  verb.test(title) && (countWords(title) >= 4 || /\d/.test(title));

/** The first of several like points is no title: nothing sets it apart. */
function isListItem({ analysis, lines, turned, estimated }: FeedbackPage): boolean {
  if (estimated) return false;
  const { title } = analysis;
  const own = lines.find(({ text }) => title?.startsWith(text));
  if (own === undefined || own.bold || turned) return false;
  const same = lines.filter(
    (line) =>
      line !== own &&
      Math.abs(line.x - own.x) < 0.01 &&
      Math.abs(line.size - own.size) < own.size * 0.04,
  );
  const larger = lines.some((line) => line.size > own.size * 1.1 && countWords(line.text) > 1);
  return (
    same.length >= 2 && !same.some(({ bold }) => bold) && !larger && own.font === same[0]?.font
  );
}

/** A slide without a title leaves its point to be guessed. */
export const missingTitle: Rule = (page) => {
  const { kind, words, slide } = page.analysis;
  const title = isListItem(page) ? null : page.analysis.title;
  if (title !== null || slide === 1 || kind === "cover" || kind === "contact" || words < 8)
    return null;
  return findingOf(page, {
    rule: "title_missing",
    severity: evidenceKinds.test(kind) ? "major" : "minor",
    what: `Nothing on the slide acts as a title: its ${words} words start without saying what they are for.`,
    why: "A reader who skims reads titles; this slide is skipped.",
    fix: "Add one sentence at the top that says what the reader should take from the slide.",
    quotes: [clip(page.analysis.blocks[0]?.text ?? "", 160)],
  });
};

/** "Market" instead of what is true about the market. */
export const topicTitle: Rule = (page) => {
  const { title, kind, slide, words } = page.analysis;
  if (title === null || slide === 1 || /^(?:cover|contact|team)$/.test(kind) || words < 12)
    return null;
  if (isListItem(page)) return null;
  if (page.legal || isClaim(title) || countWords(title) > 4) return null;
  const number = bestFact(page);
  return findingOf(page, {
    rule: "title_topic_only",
    severity: evidenceKinds.test(kind) ? "major" : "minor",
    what: `The title "${clip(title, 80)}" names a topic and makes no claim.`,
    why: "A reader at 15 seconds a slide leaves with the topic and without the point.",
    fix: number
      ? `Say the point in the title, for example with what the slide already holds: "${clip(number, 90)}".`
      : "Replace it with one sentence that states the point of the slide.",
    quotes: [title],
    measure: { name: "title words", value: countWords(title), limit: 5, unit: "words" },
  });
};

/** A sentence with a number says most. */
const bestFact = (page: FeedbackPage): string | null =>
  page.analysis.blocks
    .map((block) => block.text)
    .filter(
      (text) =>
        /\d/.test(text) && countWords(text) >= 4 && countWords(text) <= 24 && !isSource(text),
    )
    .sort((a, b) => countWords(b) - countWords(a))[0] ?? null;

/** A title that nobody finishes. */
export const longTitle: Rule = (page) => {
  const { title, slide } = page.analysis;
  const count = countWords(title ?? "");
  if (title === null || slide === 1 || count <= 18) return null;
  return findingOf(page, {
    rule: "title_too_long",
    severity: "minor",
    what: `The title has ${count} words.`,
    why: "Above two lines a title is read as body text, that is, mostly not.",
    fix: "Cut it to one claim of 5 to 14 words.",
    quotes: [title],
    measure: { name: "title words", value: count, limit: 14, unit: "words" },
  });
};

const sourced =
  /(?<!\p{L})(?:sources?|quellen?|fuentes?|fonte|according to|laut|selon|según|et al\.?|statista|gartner|mckinsey|deloitte|pwc|forrester|oecd|eurostat|destatis|pubmed|doi|own (?:calculation|estimate|analysis)|eigene Berechnung|calcul interne|cálculo propio)(?!\p{L})|https?:|www\.|\bNCT\d{8}|[¹²³⁴]|\[\d+\]/iu;
const sourcedByName =
  /\b(?:IDC|WHO|CDC|NIH|NHS|EMA|IQVIA|Journal|Report|Survey|Census|Registry)\b|\((?:[A-Z][\p{L}]+,? )?(?:19|20)\d\d\)/u;
/** Own money is no number about the world. */
const ownMoney =
  /(?<!\p{L})(?:raising|raised|seeking|our ask|seed|we need|suchen|kapitalbedarf|levons|levée|levé|recherchons|cherchons|buscamos|recaudad[oa]s?|recaudamos|eingeworben|eingesammelt|business angels?|grants?|spent|burn(?:ed|t)?|market share|share of|penetration|projection|our (?:goal|target)|Marktanteil|part de marché|cuota de mercado|solicitamos|ronda|revenues?|Umsatz|ingresos|price|licen[cs]e)(?!\p{L})/iu;
const marketNumber = whole(
  "TAM|SAM|SOM|CAGR|market(?: size| value)?|addressable|industry|Markt(?:volumen|größe)?|marché|mercado|billion|trillion|Mrd\\.?",
);
const marketSize = /(?<!\p{L})(?:TAM|market|Markt(?:volumen|größe)?|marché|mercado)(?!\p{L})/iu;
/** What care brings about is the maker's own result, and not a count of the ill. */
const ownResult =
  /(?<!\p{L})(?:remissions?|response|accura\p{L}+|sensitiv\p{L}+|specificit\p{L}+|success\p{L}*|correct(?:ly)?|detect(?:s|ed)|Genauigkeit|Sensitivität|rémissions?|réponse|précision|remisión|respuesta|precisión)(?!\p{L})/iu;
const ofCases =
  /(?<!\p{L})(?:of (?:all )?cases|der Fälle|des cas|de los casos|adults?|Erwachsene|adultes|adultos)(?!\p{L})/iu;
/** People who are ill, and what it costs: counted by others. */
const outside =
  /(?<!\p{L})(?:people (?:live|suffer|are affected|worldwide|with)|adults?|die of|deaths?|of (?:all )?cases|prevalence|incidence|mortality|health systems?|Menschen|der Fälle|Erwachsene|personnes|des cas|adultes|personas|de los casos|adultos|sufr\p{L}+|muertes)(?!\p{L})/iu;
const figure = /\d[\d.,]*\s?(?:%|m|bn|b|k|million|billion|trillion|mio|mrd|millones|x)?\b/giu;

/** External numbers need a source, market sizes and clinical numbers most of all. */
export const missingSource: Rule = (page) => {
  const { text, kind } = page.analysis;
  if (
    sourced.test(text) ||
    sourcedByName.test(text) ||
    page.legal ||
    /^(?:cover|team|contact|ask)$/.test(kind)
  )
    return null;
  const block = page.analysis.blocks.find(({ text: said }) => {
    const strong =
      /\d\s?%|\d\s?(?:bn?|billion|trillion|million|Millionen|millions|millones|mio|mrd|m)\b|\d,\d{3}\b|\b1 in \d/iu.test(
        said,
      ) || moneyIn(said, "en").length > 0;
    if (ownMoney.test(said) || !strong) return false;
    // Slides of own numbers may still size the market; shares of cases on them are own results.
    if (kind === "financials") return marketSize.test(said) && moneyIn(said, "en").length > 0;
    if (ownResult.test(said) && !marketNumber.test(said)) return false;
    if (kind === "clinical" && ofCases.test(said)) return false;
    return marketNumber.test(said) || outside.test(said);
  });
  const onMarket = kind === "market" && moneyIn(text, "en").some(({ high }) => high >= 1e6);
  const quote =
    block?.text ??
    (onMarket
      ? text.split("\n").find((line) => !ownMoney.test(line) && moneyIn(line, "en").length > 0)
      : undefined);
  if (!quote) return null;
  const market = kind === "market" || marketNumber.test(quote);
  return findingOf(page, {
    rule: "number_without_source",
    severity: kind === "market" || kind === "clinical" ? "major" : "minor",
    what: `"${clip(quote, 80)}" stands without a source or a year.`,
    why: market
      ? "A market size that cannot be checked is taken for a guess."
      : "A number about patients or performance that cannot be checked does not count as evidence.",
    fix: "Put source and year under the number, in one line.",
    quotes: [clip(quote, 200)],
  });
};

/** A slide that asks for money has to say how much. */
export const askWithoutAmount: Rule = (page) => {
  const { kind, text, title, words } = page.analysis;
  if (kind !== "ask" || words < 8 || moneyIn(text, page.analysis.language ?? "en").length > 0)
    return null;
  if (
    !/\b(?:ask|raise|raising|funding|seek|round|investment|kapitalbedarf|levée|ronda|need)/iu.test(
      text,
    )
  )
    return null;
  return findingOf(page, {
    rule: "ask_without_amount",
    severity: "major",
    what: "The slide asks for funding and names no amount.",
    why: "Without amount, instrument and purpose an investor cannot say whether the round fits.",
    fix: "State amount, currency, round and what it buys until which milestone.",
    quotes: [clip(title ?? text.split("\n")[0] ?? "", 160)],
  });
};

/** Many unrelated pieces compete for one look. */
export const clutter: Rule = (page) => {
  const { visuals, kind } = page.analysis;
  if (page.legal || /^(?:team|competition|financials|cover)$/.test(kind)) return null;
  // Rows and columns of words are a table only where they are ruled or hold numbers.
  const { tables, charts } = page.facts;
  if (tables.some((one) => one.kind === "ruled" || /\d/.test(one.rows.flat().join(" "))))
    return null;
  if (charts.length > 0) return null;
  const mixed = !page.estimated && page.lines.some(isRead);
  const texts =
    tables.length > 0 || mixed
      ? page.lines.filter((line) => page.estimated || !isRead(line))
      : page.analysis.blocks;
  const groups = texts.filter(({ text }) => countWords(text) >= 2).length;
  const pictures = visuals.filter((visual) => visual.kind === "picture").length;
  const pieces = groups + pictures;
  if (pieces < 18) return null;
  return findingOf(page, {
    rule: "clutter",
    severity: pieces >= 28 ? "major" : "minor",
    what: `The slide has ${groups} separate pieces of text and ${pictures} pictures.`,
    why: "Nothing leads the eye, so the one thing that matters is found by chance.",
    fix: "Choose one message; group what supports it; move the rest to another slide.",
    quotes: page.analysis.title ? [page.analysis.title] : [],
    measure: { name: "pieces", value: pieces, limit: 18, unit: "text blocks and pictures" },
  });
};

/** Numbers compete when several large ones stand side by side. */
export const competingNumbers: Rule = (page) => {
  const big = page.analysis.blocks.filter(
    (block) =>
      block.size > 0.06 &&
      (block.text.match(figure)?.length ?? 0) > 0 &&
      countWords(block.text) <= 4,
  );
  if (big.length < 5) return null;
  return findingOf(page, {
    rule: "competing_numbers",
    severity: "minor",
    what: `${big.length} large numbers stand side by side.`,
    why: "When every number is large, none is the message.",
    fix: "Let one number lead and set the others smaller beside it.",
    quotes: big.slice(0, 3).map((block) => block.text),
    measure: { name: "large numbers", value: big.length, limit: 3, unit: "numbers" },
  });
};

/** Words inside a picture cannot be searched, copied or read aloud. */
export const textInPicture: Rule = (page) => {
  if (
    page.analysis.text_source !== "ocr" ||
    page.analysis.words < 10 ||
    page.facts.characters >= 20
  )
    return null;
  return findingOf(page, {
    rule: "text_in_picture",
    severity: "note",
    what: `All ${page.analysis.words} words are part of a picture.`,
    why: "They cannot be searched, copied or read aloud, and search tools of investors do not see them.",
    fix: "Export the deck as text and not as images.",
    quotes: page.analysis.title ? [page.analysis.title] : [],
  });
};

/** True praise only: the title says the point and the slide is short enough to be read. */
export const claimTitle: Rule = (page) => {
  const { title, slide, words } = page.analysis;
  if (title === null || slide === 1 || page.legal || isListItem(page)) return null;
  const count = countWords(title);
  if (!isClaim(title) || count > 16 || words > 80 || /[:,]$/u.test(title)) return null;
  return findingOf(page, {
    rule: "title_is_claim",
    severity: "praise",
    what: "The title says the point in one sentence.",
    why: "A reader who reads only titles still gets it.",
    fix: "Keep it.",
    quotes: [title],
    measure: { name: "title words", value: count, limit: 14, unit: "words" },
  });
};
