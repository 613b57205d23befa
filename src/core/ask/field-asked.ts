import { plain } from "../text/fold.ts";

/** A field that a question asks for, and how its value is said. */
export interface FieldAsked {
  readonly path: string;
  /** null: the deck does not say. */
  say(value: unknown, shown: string | null): string | null;
}

type Said = Readonly<Record<string, unknown>>;
const part = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Said)[key] : undefined;
const asShown = (_: unknown, shown: string | null): string | null => shown;

const people =
  /\b(?:founder|ceo|cto|team|customer|client|competitor|investor|partner|product|drug|device|trial|study|doctor|market|patent)s?\b/u;
const past =
  /\b(?:raised|so far|already|previous|previously|past|to date|before|last round|earlier|valuation|revenue|burn|spent|spend|price|cost|market|used?|uses)\b/u;

/** What is asked in the words people use; each with what it must not be about. English, German, French, Spanish. */
const intents: readonly (FieldAsked & { readonly words: RegExp; readonly not?: RegExp })[] = [
  {
    path: "extractions.funding_amount",
    words:
      /\b(?:which|what|what kind of|what type of)\b.{0,20}\b(?:round|series|funding stage|stage of funding)\b|\bis (?:it|this) (?:a )?(?:pre-?seed|seed|series)\b|welche (?:finanzierungs)?runde|quel tour\b|que ronda/u,
    not: past,
    say: (value) => {
      const round = part(value, "round");
      return typeof round === "string" && round !== "" ? round : null;
    },
  },
  {
    path: "extractions.funding_amount",
    words:
      /\b(?:how much|how big|how large|amount)\b.*\b(?:rais\w*|seek\w*|ask\w*|need\w*|looking for|want\w*|fund\w*|round|invest\w*|capital)\b|\bwhat\b.*\b(?:raising|seeking|asking|amount|ask)\b|\bfunding (?:amount|ask)\b|\bthe ask\b|wie viel (?:geld|kapital)|combien.*(?:levent|lever|recherch)|cuanto.*(?:buscan|piden|necesitan)/u,
    not: past,
    say: asShown,
  },
  {
    path: "extractions.startup_name",
    words:
      /\b(?:what|which|who)\b.*\b(?:company|startup|start-up|firm|business|name|called)\b|\bwhose (?:deck|pitch|presentation)\b|\bname of (?:the|this) (?:company|startup|start-up|firm)\b|wie heisst|nom de|como se llama/u,
    not: new RegExp(
      `${people.source}|\\b(?:do|does|doing|offer|offers|sell|sells|make|makes|build|builds|founded|based|located|worth|model|need|needs|rais\\w*|sector|industry|problem|solve|solves)\\b`,
      "u",
    ),
    say: asShown,
  },
  {
    path: "extractions.deck_date",
    words:
      /\b(?:when|what|which|how old|how recent)\b.*\b(?:deck|presentation|pitch|document|slides)\b.*\b(?:dated?|made|written|from|created|year|month|old)\b|\b(?:date|year|age) of (?:the|this) (?:deck|presentation|pitch|document)\b|\bhow (?:old|recent) is (?:the|this)\b|\bwhen (?:is|was) (?:the|this) (?:deck|presentation|pitch|document)\b|\bwhat date\b/u,
    say: asShown,
  },
  {
    path: "extractions.healthcare",
    words:
      /\b(?:is|are|does|do)\b.{0,50}\b(?:health ?care|health|medical|medicine|life sciences?|medtech|biotech)\b(?: \w+)?\??$|\b(?:what|which)\b.{0,20}\b(?:sector|industry)\b/u,
    not: /\b(?:trial|evidence|data|market|regulat\w*|approv\w*|expert\w*|team|partner\w*)\b/u,
    say: (value, shown) => (part(value, "is_healthcare") === false ? "no, it is not" : shown),
  },
  {
    path: "extractions.company_offering",
    words:
      /\bwhat (?:do|does|is|are)\b.*\b(?:do|offer|offers|offering|sell|sells|make|makes|build|builds|building|about)\b\??$|\bwhat is (?:the|their) (?:product|offering)\b/u,
    say: asShown,
  },
];

/** null: none that is known; then the slides are looked through. */
export function fieldAsked(question: string): FieldAsked | null {
  const text = plain(question).replace(/\s+/gu, " ").trim();
  return intents.find(({ words, not }) => words.test(text) && !(not?.test(text) ?? false)) ?? null;
}
