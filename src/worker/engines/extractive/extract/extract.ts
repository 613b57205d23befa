import type { Extractions } from "../../../../contract/results.ts";
import type { Deck } from "../deck.ts";
import { extractDate } from "./date.ts";
import { extractFunding } from "./funding.ts";
import { extractHealthcare } from "./healthcare.ts";
import { extractName } from "./name.ts";
import { extractOffering } from "./offering.ts";

/** The five fields of a deck. `today` (ISO date) bounds the deck's own date. */
export function extract(deck: Deck, today: string): Extractions {
  const name = extractName(deck);
  const offering = extractOffering(deck, name.value);
  return {
    startup_name: name,
    company_offering: offering,
    healthcare: extractHealthcare(deck, offering.value),
    funding_amount: extractFunding(deck),
    deck_date: extractDate(deck, today),
  };
}
