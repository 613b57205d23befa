/**
 * Currencies as decks write them: signs and words match in any case, ISO 4217 codes of three letters
 * only in capitals where the letters are a word of their own ("all", "try").
 */
const written: readonly (readonly [code: string, signs: string])[] = [
  ["USD", "US\\$|U\\.S\\.\\s?\\$|\\$\\s?US|USD|(?:US[- ])?dollars?|d[óo]lares"],
  ["CAD", "CA?\\$|CAD"],
  ["AUD", "AU?\\$|AUD"],
  ["NZD", "NZ\\$|NZD"],
  ["SGD", "S\\$|SGD"],
  ["HKD", "HK\\$|HKD"],
  ["TWD", "NT\\$|TWD"],
  ["BRL", "R\\$|BRL|rea(?:is|les)"],
  ["MXN", "MX\\$|MXN"],
  ["EUR", "€|EUR(?:OS?)?"],
  ["GBP", "£|GBP|pounds?(?: sterling)?"],
  ["CHF", "CHF|SFr\\.?|Schweizer Franken|francs suisses"],
  ["INR", "₹|INR|Rs\\.?|rupees"],
  ["CNY", "CN¥|RMB|CNY|yuan"],
  ["JPY", "¥|JPY|yen"],
  ["KRW", "₩|KRW|won"],
  ["SEK", "SEK|kr\\.?|kronor"],
  ["NOK", "NOK"],
  ["DKK", "DKK"],
  ["ISK", "ISK"],
  ["PLN", "zł|PLN"],
  ["CZK", "Kč|CZK"],
  ["HUF", "HUF"],
  ["RON", "RON"],
  ["TRY", "₺|TRY"],
  ["UAH", "₴|UAH"],
  ["RUB", "₽|RUB"],
  ["ILS", "₪|ILS|NIS"],
  ["AED", "AED"],
  ["SAR", "SAR"],
  ["ZAR", "ZAR"],
  ["NGN", "₦|NGN|naira"],
  ["KES", "KES|KSh"],
  ["GHS", "GHS"],
  ["EGP", "EGP"],
  ["PKR", "PKR"],
  ["BDT", "BDT|৳"],
  ["VND", "₫|VND"],
  ["THB", "฿|THB"],
  ["MYR", "MYR"],
  ["IDR", "IDR"],
  ["PHP", "₱|PHP"],
  ["COP", "COP"],
  ["CLP", "CLP"],
  ["ARS", "ARS"],
  ["PEN", "S/\\.?|PEN"],
];

/** Longest first: "US$" is no plain dollar. `\$` alone stands last. */
export const currencySigns = [
  ...written.flatMap(([, signs]) => signs.split("|")),
  // Split apart above, these belong together.
]
  .join("|")
  .concat("|\\$");

/** These codes are common enough in small letters; others are words too ("all", "try", "won"). */
const lowerCase = /^(?:usd|eur(?:os?)?|gbp|chf|inr|cad|aud|sek|nok|dkk|kr\.?|rs\.?|sfr\.?|ksh)$/u;

const table = written.map(([code, signs]) => ({
  code,
  pattern: new RegExp(`^(?:${signs})$`, "iu"),
}));

/** ISO 4217 code of a written sign, code or word; null when it is none. */
export function currencyOf(sign: string): string | null {
  const text = sign.trim();
  if (text === "$") return "USD";
  if (/^[a-z]{3}$/u.test(text) && !lowerCase.test(text)) return null;
  return table.find(({ pattern }) => pattern.test(text))?.code ?? null;
}

/** Signs that several countries use: the code found for them is an assumption. */
export const isVague = (sign: string): boolean => /^(?:\$|kr\.?)$/iu.test(sign.trim());
