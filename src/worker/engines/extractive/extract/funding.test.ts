import { describe, expect, it } from "vitest";
import { type bareDeck, fieldsOf, filler } from "../../../../../test/support/bare-deck.ts";
import { kindOf } from "../slide-kind.ts";

describe("funding amount", () => {
  const ask = (...lines: string[]) => {
    const start: Parameters<typeof bareDeck> = [["cover", "Nordhafen"], filler, filler, filler];
    const title = lines[0] ?? null;
    const text = lines.join("\n");
    const kind = kindOf({ slide: 5, slides: 6, title, text, blocks: [] });
    return fieldsOf(...start, [kind, ...lines], filler).funding_amount;
  };

  it("reads amount, currency and round of the ask", () => {
    expect(ask("The ask", "We are raising EUR 4.5M Series A").value).toEqual({
      amount: 4_500_000,
      currency: "EUR",
      round: "Series A",
    });
  });

  it.each([
    ["$500Kpre-seed.", 500_000, "pre-seed"],
    ["€2M Seed Round", 2_000_000, "seed"],
  ])("takes an amount that stands with its round alone: %s", (line, amount, round) => {
    expect(ask("Financials", line).value).toMatchObject({ amount, round });
  });

  it("reads a title of two lines", () => {
    expect(ask("What we", "need (ask)", "• Funding : $70,000").value?.amount).toBe(70_000);
  });

  it("pairs a label with its number and keeps the upper bound in the note", () => {
    const found = ask("Deal terms", "Raise", "Up to $500K");
    expect(found.value).toMatchObject({ amount: 500_000, currency: "USD" });
    expect(found.note).toMatch(/upper limit/);
  });

  it("gives both ends of a range", () => {
    expect(ask("The round", "Raising $500k - $1m pre-seed").value).toEqual({
      amount: [500_000, 1_000_000],
      currency: "USD",
      round: "pre-seed",
    });
  });

  it("takes minimum and target as the two ends of one ask", () => {
    const found = ask("The round", "Minimum round size: $400k", "We are raising $800k");
    expect(found.value?.amount).toEqual([400_000, 800_000]);
  });

  it("prefers the whole to its parts", () => {
    const found = ask(
      "Use of funds",
      "We are seeking $500K",
      "Technology $200K",
      "Marketing $100K",
      "Team $200K",
    );
    expect(found.value?.amount).toBe(500_000);
  });

  it("names both amounts when slides disagree", () => {
    const found = fieldsOf(
      ["cover", "Nordhafen"],
      filler,
      ["ask", "The ask", "We are raising $2M seed"],
      ["ask", "The ask", "We are raising $3M seed"],
    ).funding_amount;
    expect(found.confidence).toBeLessThanOrEqual(0.5);
    expect(found.note).toMatch(/Conflict/);
    expect(found.value?.amount).toBe(3_000_000);
    expect(found.conflicts).toMatchObject([
      { value: { amount: 2_000_000, currency: "USD", round: "seed" }, evidence: [{ slide: 3 }] },
    ]);
  });

  it.each([
    ["a past round", "traction", "We have raised $4.7 million to date"],
    ["a market size", "market", "TAM $21B, SAM $4.2B"],
    ["a valuation", "ask", "Valuation cap of $10 million"],
    ["revenue", "financials", "Projected revenue of $148 million"],
    ["a rival's funding", "competition", "Total Funding: $216M"],
    ["a later round", "roadmap", "Raise $15-20M Series A in 2028"],
    ["a price", "business_model", "avg $25 fee per month"],
    ["awareness", "solution", "Raising awareness for 3 million patients"],
  ] as const)("is not misled by %s", (_, kind, line) => {
    const found = fieldsOf(["cover", "Nordhafen"], filler, filler, [kind, "Slide", line]);
    expect(found.funding_amount.value).toBeNull();
  });

  /** An expert's list of ways to ask: lines of a late slide, then amount and currency. */
  it.each<[string[], number | [number, number], string]>([
    [["The Ask", "$1.5M"], 1_500_000, "USD"],
    [["Our ask", "Seeking 2M to reach 40 clinics"], 2_000_000, "USD"],
    [["Funding", "We are looking for an investment of €750,000"], 750_000, "EUR"],
    [["Investment opportunity", "£600k seed round", "SEIS/EIS eligible"], 600_000, "GBP"],
    [["Fundraising", "Looking to raise USD 3 million in Series A"], 3_000_000, "USD"],
    [["Join us", "Raising $4M on a $16M post-money SAFE"], 4_000_000, "USD"],
    [["Join us", "$20M valuation cap, raising $2M"], 2_000_000, "USD"],
    [["Terms", "Raise: $1.2M", "Valuation: $8M pre-money", "Instrument: SAFE"], 1_200_000, "USD"],
    [["Use of funds", "Amount sought", "CHF 1'800'000"], 1_800_000, "CHF"],
    [["The round", "$3M of $5M committed"], 5_000_000, "USD"],
    [["The round", "Raising $3M, of which $1.5M is committed"], 3_000_000, "USD"],
    [["Funding", "We have raised $1M and are now raising $3M"], 3_000_000, "USD"],
    [
      ["Funding history", "Raised $400K in 2022 from angels", "Now raising $2.5M"],
      2_500_000,
      "USD",
    ],
    [["Investment", "500k € now + 700k € after approval (two tranches)"], 1_200_000, "EUR"],
    [["Ask", "INR 4 Cr (~USD 480K) for 10% equity"], 40_000_000, "INR"],
    [["The ask", "We need Rs. 50 lakhs for 8% stake"], 5_000_000, "INR"],
    [["Seed round", "Target raise of $750K-$1.5M"], [750_000, 1_500_000], "USD"],
    [["Finanzierung", "Wir suchen 2-3 Mio. € für die Zulassung"], [2_000_000, 3_000_000], "EUR"],
    [["Kapitalbedarf", "1,2 Mio. EUR"], 1_200_000, "EUR"],
    [["Mittelverwendung", "Finanzierungsbedarf: 850 T€"], 850_000, "EUR"],
    [["Investitionsmöglichkeit", "Gesucht: 500.000 € für 15 %"], 500_000, "EUR"],
    [["Levée de fonds", "Nous levons 1,5 M€ en amorçage"], 1_500_000, "EUR"],
    [["Besoin de financement", "800 000 €"], 800_000, "EUR"],
    [["Notre tour de table", "Nous recherchons 2 millions d’euros"], 2_000_000, "EUR"],
    [["Ronda de inversión", "Buscamos 600.000 € para llegar a 20 hospitales"], 600_000, "EUR"],
    [["Inversión", "Estamos levantando 1,2 M€"], 1_200_000, "EUR"],
    [["Captação", "Buscamos R$ 2 milhões"], 2_000_000, "BRL"],
    [["Raccolta", "Cerchiamo 400.000 €"], 400_000, "EUR"],
    [["Deal", "$500K for 5% equity", "We are seeking investors"], 500_000, "USD"],
    [["What we need", "$250,000", "18 months of runway"], 250_000, "USD"],
    [
      ["Funding required", "USD 900,000", "Product 40%", "Sales 35%", "Operations 25%"],
      900_000,
      "USD",
    ],
    [["Raising $10M Series A", "Market: $40B", "ARR: $2M"], 10_000_000, "USD"],
  ])("reads the ask of %j", (lines, amount, currency) => {
    expect(ask(...lines).value).toMatchObject({ amount, currency });
  });

  /** What an expert would not take for an ask, on slides that look like one. */
  it.each<[string[]]>([
    [["Funding to date", "$2.1M from angels and a seed fund"]],
    [["Funding", "Seed: $1.2M (2019)", "Series A: $6M (2021)"]],
    [["Investors", "Backed by $3M from top funds"]],
    [["Financials", "Revenue $1.2M", "EBITDA $200K", "Cash $400K"]],
    [["Business model", "$49 per user per month", "$5,000 set-up fee"]],
    [["Competition", "RivalOne raised $40M", "RivalTwo: $12M Series A"]],
    [["Traction", "Won a €50,000 grant", "€100k prize of the city"]],
    [["The ask", "We need mentors and pilot customers", "Our market is worth $4B"]],
    [["Exit", "RivalOne was acquired for $300M"]],
    [["Finanzplan", "Umsatz 2027: 3,5 Mio. €", "Kosten: 1,2 Mio. €"]],
    [["Fördermittel", "Bereits 500.000 € Förderung erhalten"]],
    [["Marché", "Un marché de 4 Md€"]],
    [["Historique", "Nous avons levé 800 k€ en 2022"]],
    [["Mercado", "Un mercado de 2.500 millones de euros"]],
    [["Roadmap", "Raise $5M Series A by 2028"]],
    [["Help", "Help-seeking adults cost the economy $4.2B"]],
    [["Impact", "Raising awareness saves $2M a year"]],
    [["Value", "The value per user is $90 to $100"]],
    [["Business model", "We sell lamps for around $2,500 each"]],
    [["Problem", "Around 200 million lamps are dark"]],
    [["Live demo", "A caller requesting CHF 8.7M", "Sunday 3:14am"]],
    [["Problem", "Shops need $50,000 to open"]],
    [["Ask", "We are competing for:", "Best lamp of the jury ($10K-$40K)"]],
  ])("finds no ask in %j", (lines) => {
    expect(ask(...lines).value).toBeNull();
  });

  it("takes an amount with its instrument alone, and no instrument for a round", () => {
    const found = ask("What comes first", "Use of funds: $90k SAFE", "More");
    expect(found.value).toMatchObject({ amount: 90_000, round: null });
  });

  it("leaves the round of another amount to that one", () => {
    const found = ask("The ask", "Funding required", "$440K", "$36K friends and family in 2021");
    expect(found.value).toMatchObject({ amount: 440_000, round: null });
  });

  it("keeps the round when no amount is named", () => {
    const found = ask("Ask", "We are raising our seed round");
    expect(found.value).toBeNull();
    expect(found.note).toMatch(/seed/);
    expect(found.evidence).toHaveLength(1);
  });
});
