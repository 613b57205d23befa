/** An amount of money (or a bare number that may become one) as it stands in a text. */
export interface Money {
  /** In whole units of the currency; `low` is null for "up to". */
  readonly low: number | null;
  readonly high: number;
  /** ISO code, or null when only a scale word says that it is money. */
  readonly currency: string | null;
  /** The currency was a plain `$` or `kr`, which several countries use. */
  readonly vague: boolean;
  readonly bound: "exact" | "range" | "up_to" | "at_least";
  readonly from: number;
  readonly to: number;
}

const signs =
  "US\\$|USD|C\\$|CA\\$|CAD|A\\$|AU\\$|AUD|S\\$|SGD|HK\\$|HKD|R\\$|BRL|MX\\$|MXN|NZ\\$|NZD|₹|Rs\\.?|INR|€|EUR(?:OS?)?|£|GBP|CHF|SFr\\.?|¥|JPY|CN¥|RMB|CNY|₩|KRW|SEK|NOK|DKK|kr\\.?|zł|PLN|₪|ILS|NIS|AED|ZAR|\\$";
const number = "\\d{1,3}(?:[.,'’\\u00A0\\u202F ]\\d{2,3})+(?:[.,]\\d{1,2})?|\\d+(?:[.,]\\d+)?";
const words =
  "mil\\s+millones|mil\\s+M|thousand|tausend|tsd\\.?|lakhs?|lacs?|crores?|cr\\.?|millions?|millionen|mill[oó]n(?:es)?|milh[aã]o|milh[oõ]es|milioni|mio\\.?|mln|billions?|milliarden?|milliards?|miliardi|mrd\\.?";
const scales = `${words}|mille|mil|mi|k|mn|mm|m|bn|mds?|b|l|t(?=€)`;

const amount = new RegExp(
  `(?<![\\p{L}\\d.,])(?<pre>[TkM]?(?:${signs}))?\\s?(?<n>${number})(?:\\s?(?<s>${scales})(?![\\p{L}\\d%]))?\\+?(?:\\s?(?<post>[TkM]?(?:${signs})|dollars|euros?|pounds))?(?![\\p{L}\\d%]|\\s?%)`,
  "giu",
);
const scaleWord = new RegExp(`^(?:${words})$`, "iu");
/** "3 million patients" counts people, not money. */
const counted =
  /^\s+(?:of\s+)?(?:\p{L}+\s+){0,2}(?:people|patients?|users?|customers?|subscribers?|trips?|units?|downloads?|adults?|men|women|children|devices?|lines|pages|tons?|tonnes|miles|km|square|households?|homes|americans|businesses|crates|samples?|Menschen|Patienten|personnes|personas|pacientes)(?!\p{L})/iu;
const between = /^\s?(?:-|–|—|~|to|bis|à|a|hasta|up to|and|und)\s?$/iu;

const codes: readonly (readonly [RegExp, string])[] = [
  [/^(?:us\$|usd|\$|dollars)$/i, "USD"],
  [/^(?:€|euros?|eur)$/i, "EUR"],
  [/^(?:£|gbp|pounds)$/i, "GBP"],
  [/^(?:chf|sfr\.?)$/i, "CHF"],
  [/^(?:₹|rs\.?|inr)$/i, "INR"],
  [/^(?:c\$|ca\$|cad)$/i, "CAD"],
  [/^(?:a\$|au\$|aud)$/i, "AUD"],
  [/^(?:nz\$|nzd)$/i, "NZD"],
  [/^(?:s\$|sgd)$/i, "SGD"],
  [/^(?:hk\$|hkd)$/i, "HKD"],
  [/^(?:r\$|brl)$/i, "BRL"],
  [/^(?:mx\$|mxn)$/i, "MXN"],
  [/^(?:¥|jpy)$/i, "JPY"],
  [/^(?:cn¥|rmb|cny)$/i, "CNY"],
  [/^(?:₩|krw)$/i, "KRW"],
  [/^(?:sek|kr\.?)$/i, "SEK"],
  [/^nok$/i, "NOK"],
  [/^dkk$/i, "DKK"],
  [/^(?:zł|pln)$/i, "PLN"],
  [/^(?:₪|ils|nis)$/i, "ILS"],
  [/^aed$/i, "AED"],
  [/^zar$/i, "ZAR"],
];

function currencyOf(sign: string): string | null {
  return codes.find(([pattern]) => pattern.test(sign))?.[1] ?? null;
}

/**
 * Several equal separators, or one before exactly three digits without a scale, group thousands;
 * anything else is a decimal sign.
 */
export function numberOf(text: string, scaled: boolean): number {
  const separators = text.match(/[.,'’\u00A0\u202F ]/gu) ?? [];
  const last = separators.at(-1) ?? "";
  const tail = text.length - text.lastIndexOf(last) - 1;
  const plain = text.replace(/[.,'’\u00A0\u202F ]/gu, "");
  if (separators.length === 0) return Number(plain);
  const mixed = separators.length > 1 && separators.some((sign) => sign !== separators[0]);
  const grouping = /['’\u00A0\u202F ]/u.test(last) || (!mixed && separators.length > 1);
  if (grouping) return Number(plain);
  if (!mixed && tail === 3 && !scaled) return Number(plain);
  const cut = text.lastIndexOf(last);
  return Number(`${text.slice(0, cut).replace(/\D/gu, "")}.${text.slice(cut + 1)}`);
}

function factorOf(scale: string, currency: string | null, language: string): number {
  const word = scale.toLowerCase().replace(/\.$/, "").replace(/\s+/g, " ");
  if (word === "") return 1;
  if (/^mil (?:millones|m)$/.test(word)) return 1e9;
  if (word === "mil") return language === "en" ? 1e6 : 1e3;
  if (/^(?:k|thousand|tausend|tsd|mille|t)$/.test(word)) return 1e3;
  if (/^(?:lakhs?|lacs?|l)$/.test(word)) return currency === "INR" || word !== "l" ? 1e5 : 1;
  if (/^(?:crores?|cr)$/.test(word)) return 1e7;
  if (/^(?:bn|b|mrd|mds?|milliard\w*|miliardi|billions?)$/.test(word)) return 1e9;
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

function partsOf(text: string, language: string): Part[] {
  return [...text.matchAll(amount)].map((match) => {
    const groups = match.groups ?? {};
    const raw = groups.pre ?? groups.post ?? "";
    // "T€", "k€" and "M€" carry the scale in front of the sign.
    const packed = /^([TkM])(?=€|EUR|CHF|£|\$|USD)/u.exec(raw)?.[1] ?? "";
    const scale = groups.s ?? (packed === "T" ? "k" : packed);
    const sign = raw.slice(packed.length);
    const n = groups.n ?? "0";
    const value = numberOf(n, scale !== "") * factorOf(scale, currencyOf(sign), language);
    const from = match.index + match[0].length - match[0].trimStart().length;
    return { value, scale, sign, n, from, to: match.index + match[0].trimEnd().length };
  });
}

/** "2-3 Mio. €": the first number takes scale and currency from the second. */
function joined(text: string, first: Part, second: Part, language: string): Money | null {
  if (!between.test(text.slice(first.to, second.from))) return null;
  const sign = first.sign || second.sign;
  const currency = currencyOf(sign);
  const scale = first.scale || (first.value < 1000 ? second.scale : "");
  if (!currency && !scaleWord.test(second.scale)) return null;
  const low = numberOf(first.n, scale !== "") * factorOf(scale, currency, language);
  const shared = second.scale || (second.value < 1000 ? first.scale : "");
  const high = numberOf(second.n, shared !== "") * factorOf(shared, currency, language);
  if (high <= low) return null;
  const vague = sign === "$" || /^kr/i.test(sign);
  return { low, high, currency, vague, bound: "range", from: first.from, to: second.to };
}

function single(text: string, part: Part): Money | null {
  const currency = currencyOf(part.sign);
  if (!currency && (!scaleWord.test(part.scale) || counted.test(text.slice(part.to)))) return null;
  if (!Number.isFinite(part.value) || part.value <= 0) return null;
  const before = text.slice(Math.max(0, part.from - 24), part.from);
  const upTo = /(?:up to|max(?:imum|\.)?|bis zu|jusqu['’]à|hasta|até)\s*:?\s*$/iu.test(before);
  const least =
    /(?:min(?:imum|\.)?(?: (?:round )?(?:size|ticket|amount))?|at least|mindestens|au moins|al menos|mínimo)\s*:?\s*$/iu.test(
      before,
    );
  const vague = part.sign === "$" || /^kr/i.test(part.sign);
  const at = { high: part.value, currency, vague, from: part.from, to: part.to };
  if (upTo) return { ...at, low: null, bound: "up_to" };
  return { ...at, low: part.value, bound: least ? "at_least" : "exact" };
}

/** Every amount of money in a text, ranges joined. `language` decides what "mil" means. */
export function moneyIn(text: string, language: string): Money[] {
  const parts = partsOf(text, language);
  const found: Money[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    const next = parts[index + 1];
    if (!part) continue;
    const range = next ? joined(text, part, next, language) : null;
    if (range) index++;
    const money = range ?? single(text, part);
    if (money) found.push(money);
  }
  return found;
}
