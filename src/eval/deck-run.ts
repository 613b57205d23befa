import type { Extractions } from "../contract/results.ts";
import type { DeckRun, FieldRun } from "../core/evaluation/run.ts";
import {
  type Ask,
  type DeckSaid,
  type DeckTruth,
  type JudgedField,
  judge,
  judgedFields,
} from "../core/evaluation/truth.ts";
import { quotesOf } from "./quotes.ts";
import type { Reading } from "./read-deck.ts";
import { boundsOf } from "./read-set.ts";

/** Holds what was read of a deck against what is known of it. */
export function deckRunOf(truth: DeckTruth, reading: Reading): DeckRun {
  const found = reading.results.extractions_and_template?.extractions;
  const said = saidOf(found);
  const verdicts = judge(truth, said);
  const [saidText, truthText] = [textsOf(said), textsOf(truthAsSaid(truth))];
  const fields = Object.fromEntries(
    judgedFields.flatMap((field): [JudgedField, FieldRun][] => {
      const verdict = verdicts[field];
      // Whoever could not read a deck has not rightly said nothing of it.
      if (verdict === undefined || (found === undefined && verdict === "silent")) return [];
      const given = found?.[placeOf[field]];
      const { confidence = 0, evidence = [] } = given ?? {};
      const quotes = evidence.map(({ slide, quote, grounded }) => ({ slide, quote, grounded }));
      const texts = { said: saidText[field], truth: truthText[field] };
      return [[field, { verdict, ...texts, confidence, quotes }]];
    }),
  );
  const quotes = quotesOf(truth.file, reading);
  return {
    file: truth.file,
    sha256: reading.sha256,
    pages: reading.pages,
    problems: problemsOf(reading),
    fields,
    offering: { said: found?.company_offering.value ?? null, truth: truth.offering ?? null },
    quotes: { all: quotes.length, grounded: quotes.filter(({ grounded }) => grounded).length },
    seconds: reading.seconds,
    tokens: reading.tokens,
  };
}

/** Where the results hold a field. */
const placeOf: Readonly<Record<JudgedField, keyof Extractions>> = {
  name: "startup_name",
  healthcare: "healthcare",
  sector: "healthcare",
  ask: "funding_amount",
  round: "funding_amount",
  date: "deck_date",
};

function saidOf(found: Extractions | undefined): DeckSaid {
  const ask = found?.funding_amount.value ?? null;
  return {
    name: found?.startup_name.value ?? null,
    isHealthcare: found?.healthcare.value?.is_healthcare ?? null,
    sector: found?.healthcare.value?.sector ?? null,
    ask: ask && { ...ask, amount: boundsOf(ask.amount) },
    date: found?.deck_date.value ?? null,
  };
}

const truthAsSaid = ({ names, isHealthcare, sector, ask, date }: DeckTruth): DeckSaid => ({
  name: names?.[0] ?? null,
  isHealthcare: isHealthcare ?? null,
  sector: sector ?? null,
  ask: ask ?? null,
  date: date ?? null,
});

const textsOf = (said: DeckSaid): Record<JudgedField, string | null> => ({
  name: said.name,
  healthcare: said.isHealthcare === null ? null : said.isHealthcare ? "yes" : "no",
  sector: said.sector,
  ask: said.ask && moneyText(said.ask),
  round: said.ask?.round ?? null,
  date: said.date,
});

const moneyText = ({ amount: [low, high], currency }: Ask): string =>
  `${currency ?? "?"} ${low === high ? grouped(low) : `${grouped(low)}-${grouped(high)}`}`;
const grouped = (value: number): string => value.toLocaleString("en-US");

function problemsOf({ failures, gaps }: Reading): string[] {
  return [
    ...failures.map(({ task, code, detail }) =>
      [task, code, detail].filter((part) => part !== null && part !== undefined).join(": "),
    ),
    ...Object.entries(gaps).map(([task, slides]) => `${task}: not read: ${slides.join(", ")}`),
  ];
}
