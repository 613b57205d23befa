import { currencyOf, currencySigns, isVague } from "./currency.ts";

/** An amount of money (or a bare number that may become one) as it stands in a text. */
export interface Money {
  /** In whole units of the currency; `low` is null for "up to". */
  readonly low: number | null;
  readonly high: number;
  /** ISO code, or null when only a scale says that it is money. */
  readonly currency: string | null;
  /** The currency was a plain `$` or `kr`, which several countries use. */
  readonly vague: boolean;
  readonly bound: "exact" | "range" | "up_to" | "at_least";
  readonly from: number;
  readonly to: number;
}

export interface MoneyOptions {
  /** Takes "2M" and "500k" without currency as well: whether they are money is up to the caller. */
  readonly bare?: boolean;
}

const blank = "\\u00A0\\u202F\\u2009 ";
const number = `\\d{1,3}(?:[.,'’${blank}]\\d{2,3})+(?:[.,]\\d{1,2})?|\\d+(?:[.,]\\d+)?`;
const words =
  "mil\\s+millones|mil\\s+M|mil\\s+milh[oõ]es|thousand|tausend|tsd\\.?|lakhs?|lacs?|crores?|cr\\.?|millions?|millionen|mill[oó]n(?:es)?|milh[aã]o|milh[oõ]es|milion[ei]|mio\\.?|mill\\.?|mln\\.?|billions?|milliarden?|milliards?|miliard[oi]|mrd\\.?";
const scales = `${words}|mille|mil|mi|k|mn|mm|m|bn|mds?|b|l|t(?=€)`;
const signs = currencySigns;

/** Two runs of one line without a blank between them: "$500Kpre-seed". */
const glued = "(?:pre-?seed|seed|series|round)(?!\\p{L})";

const amount = new RegExp(
  `(?<![\\p{L}\\d.,])(?<pre>[TkM]?(?:${signs}))?\\s?(?<n>${number})(?:[.,][-–])?(?:[\\s-]?(?<s>${scales})(?:(?![\\p{L}\\d%])|(?=${glued})))?\\+?(?:\\s?(?:(?:de\\s|di\\s|of\\s|d['’])(?=\\p{L}))?(?<post>[TkM]?(?:${signs})))?(?:(?![\\p{L}\\d%]|\\s?%)|(?<=[kmb])(?=${glued}))`,
  "giu",
);
const scaleWord = new RegExp(`^(?:${words})$`, "iu");
const indianScale = /^(?:lakhs?|lacs?|crores?)$/iu;
const bareScale = /^(?:k|m|mm|mn)$/iu;
/** "3 million patients" counts people, not money. */
const counted =
  /^\+?\s+(?:of\s+)?(?:\p{L}+\s+){0,2}(?:people|persons|patients?|users?|customers?|clients?|members?|subscribers?|trips?|units?|downloads?|installs?|visits?|visitors?|views?|adults?|men|women|children|kids|students?|teachers?|devices?|cars?|vehicles?|lines|pages|tons?|tonnes|miles|km|sq|square|households?|homes|americans|europeans|companies|businesses|merchants|crates|samples?|cases|deaths|jobs|employees|developers|photos|images|videos|records|points|Menschen|Personen|Patienten|Nutzer|Kunden|Haushalte|personnes|utilisateurs|personas|pacientes|usuarios|pessoas|usuários)(?!\p{L})/iu;
const between = /^\s?(?:-|–|—|−|~|to|bis|à|a|hasta|até|up to)\s?$/iu;
const betweenAnd = /^\s?(?:and|und|et|y|e)\s?$/iu;
const opensBetween = /(?:between|zwischen|entre|tra)\s*$/iu;
/** Two ends of one wish lie near each other; a round and a valuation do not. */
const rangeRatioMax = 10;

/** Thousands may be grouped by a comma in English and Indian writing: "1,500K" is no decimal. */
interface Written {
  readonly scale: string;
  readonly english: boolean;
}

/**
 * Several equal separators, or one before exactly three digits without a scale, group thousands;
 * anything else is a decimal sign.
 */
export function numberOf(text: string, { scale, english }: Written): number {
  const separator = /[.,'’\u00A0\u202F\u2009 ]/gu;
  const separators = text.match(separator) ?? [];
  const last = separators.at(-1) ?? "";
  const tail = text.length - text.lastIndexOf(last) - 1;
  const plain = text.replace(separator, "");
  if (separators.length === 0) return Number(plain);
  const mixed = separators.length > 1 && separators.some((sign) => sign !== separators[0]);
  const grouping = /['’\u00A0\u202F\u2009 ]/u.test(last) || (!mixed && separators.length > 1);
  if (grouping) return Number(plain);
  // Nobody writes a thousand with three decimals, nor a decimal comma in English.
  const grouped = scale === "" || /^(?:k|t|tsd\.?|thousand)$/iu.test(scale);
  if (!mixed && tail === 3 && (grouped || (english && last === ","))) return Number(plain);
  const cut = text.lastIndexOf(last);
  return Number(`${text.slice(0, cut).replace(/\D/gu, "")}.${text.slice(cut + 1)}`);
}

function factorOf(scale: string, currency: string | null, language: string): number {
  const word = scale.toLowerCase().replace(/\.$/, "").replace(/\s+/g, " ");
  if (word === "") return 1;
  if (/^mil (?:millones|m|milh[oõ]es)$/.test(word)) return 1e9;
  if (word === "mil") return language === "en" ? 1e6 : 1e3;
  if (/^(?:k|thousand|tausend|tsd|mille|t)$/.test(word)) return 1e3;
  if (/^(?:lakhs?|lacs?|l)$/.test(word)) return currency === "INR" || word !== "l" ? 1e5 : 1;
  if (/^(?:crores?|cr)$/.test(word)) return 1e7;
  if (/^(?:bn|b|mrd|mds?|milliard\w*|miliard\w|billions?)$/.test(word)) return 1e9;
  return 1e6;
}

interface Part {
  readonly value: number;
  readonly scale: string;
  readonly sign: string;
  readonly from: number;
  readonly to: number;
  readonly n: string;
}

/** "T€", "k€", "MSEK" and "MEUR" carry the scale in front of the sign. */
function unpacked(raw: string): { packed: string; sign: string } {
  if (currencyOf(raw) !== null) return { packed: "", sign: raw };
  const packed = /^[TkM]/iu.exec(raw)?.[0] ?? "";
  const sign = raw.slice(packed.length);
  return currencyOf(sign) === null ? { packed: "", sign: "" } : { packed, sign };
}

function partsOf(text: string, language: string): Part[] {
  return [...text.matchAll(amount)].map((match) => {
    const groups = match.groups ?? {};
    const before = unpacked(groups.pre ?? "");
    const after = unpacked(groups.post ?? "");
    // "$2M USD" and "$ 5.000.000 COP": the code behind says which dollar or peso it is.
    const own = before.sign === "" || isVague(before.sign) ? after : before;
    const { packed, sign } = own.sign === "" ? before : own;
    const scale = groups.s ?? (/^t$/iu.test(packed) ? "k" : packed);
    const n = groups.n ?? "0";
    const value =
      numberOf(n, { scale, english: language === "en" }) *
      factorOf(scale, currencyOf(sign), language);
    const from = match.index + match[0].length - match[0].trimStart().length;
    return { value, scale, sign, n, from, to: match.index + match[0].trimEnd().length };
  });
}

const currencyIn = ({ sign, scale }: Part): string | null =>
  currencyOf(sign) ?? (indianScale.test(scale) ? "INR" : null);

/** "2-3 Mio. €": the first number takes scale and currency from the second. */
function joined(
  text: string,
  first: Part,
  second: Part,
  language: string,
  bare: boolean,
): Money | null {
  const link = text.slice(first.to, second.from);
  const and = betweenAnd.test(link) && opensBetween.test(text.slice(0, first.from));
  if (!between.test(link) && !and) return null;
  const sign = first.sign || second.sign;
  const currency = currencyIn(first) ?? currencyIn(second);
  const scaled = scaleWord.test(second.scale) || (bare && bareScale.test(second.scale));
  if (!currency && !scaled) return null;
  if (!currency && counted.test(text.slice(second.to))) return null;
  const english = language === "en";
  const scale = first.scale || (first.value < 1000 ? second.scale : "");
  const low = numberOf(first.n, { scale, english }) * factorOf(scale, currency, language);
  const shared = second.scale || (second.value < 1000 ? first.scale : "");
  const high =
    numberOf(second.n, { scale: shared, english }) * factorOf(shared, currency, language);
  if (high <= low || high > low * rangeRatioMax) return null;
  const vague = isVague(sign);
  return { low, high, currency, vague, bound: "range", from: first.from, to: second.to };
}

const upToBefore =
  /(?:up to|max(?:imum|\.)?|bis zu|jusqu['’]à|hasta(?: los)?|até|fino a)\s*:?\s*(?:about|ca\.?)?\s*$/iu;
const atLeastBefore =
  /(?:min(?:imum|\.)?(?: (?:round )?(?:size|ticket|amount))?(?: of)?|at least|mindestens|au moins|al menos|mínimo(?: de)?)\s*:?\s*$/iu;

function single(text: string, part: Part, bare: boolean): Money | null {
  const currency = currencyIn(part);
  const scaled = scaleWord.test(part.scale) || (bare && bareScale.test(part.scale));
  if (!currency && (!scaled || counted.test(text.slice(part.to)))) return null;
  if (!Number.isFinite(part.value) || part.value <= 0) return null;
  const before = text.slice(Math.max(0, part.from - 28), part.from);
  const at = {
    high: part.value,
    currency,
    vague: isVague(part.sign),
    from: part.from,
    to: part.to,
  };
  if (upToBefore.test(before)) return { ...at, low: null, bound: "up_to" };
  const bound = atLeastBefore.test(before) ? "at_least" : "exact";
  return { ...at, low: part.value, bound };
}

/** Every amount of money in a text, ranges joined. `language` decides what "mil" means. */
export function moneyIn(
  text: string,
  language: string,
  { bare = false }: MoneyOptions = {},
): Money[] {
  const parts = partsOf(text, language);
  const found: Money[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    const next = parts[index + 1];
    if (!part) continue;
    const range = next ? joined(text, part, next, language, bare) : null;
    if (range) index++;
    const money = range ?? single(text, part, bare);
    if (money) found.push(money);
  }
  return found;
}
