import type { Extractions } from "../../contract/results.ts";
import { amountStands, nameStands, yearStands } from "../../core/grounding/support.ts";

/** A value that its quotes do not contain is somebody's guess: its confidence is worth so much less. */
const unsupportedFactor = 0.5;

/**
 * Holds each value against its own quotes, of those that were found on their slides: the name, the amount
 * or the year must stand in one. What it does not stand in, or has no such quote at all, is marked and
 * loses half of its confidence. A sentence about the offering and a yes to healthcare are judgements:
 * they need a quote that stands, not the words. A no needs none.
 */
export function withSupport(found: Extractions): Extractions {
  const { startup_name, company_offering, healthcare, funding_amount, deck_date } = found;
  return {
    startup_name: judged(startup_name, nameStands),
    company_offering: judged(company_offering, (_, quotes) => quotes.length > 0),
    healthcare: judged(
      healthcare,
      ({ is_healthcare }, quotes) => !is_healthcare || quotes.length > 0,
    ),
    funding_amount: judged(funding_amount, ({ amount }, quotes) =>
      amountStands(typeof amount === "number" ? [amount] : amount, quotes),
    ),
    deck_date: judged(deck_date, yearStands),
  };
}

interface Field<V> {
  readonly value: V | null;
  readonly confidence: number;
  readonly evidence: readonly { readonly quote: string; readonly grounded: boolean }[];
  readonly note: string | null;
}

function judged<V, F extends Field<V>>(
  field: F & Field<V>,
  stands: (value: V, quotes: readonly string[]) => boolean,
): F {
  const { value, evidence, confidence } = field;
  if (value === null) return field;
  const quotes = evidence.flatMap(({ quote, grounded }) => (grounded ? [quote] : []));
  const supported = stands(value, quotes);
  if (supported) return { ...field, supported };
  return { ...field, supported, confidence: confidence * unsupportedFactor };
}
