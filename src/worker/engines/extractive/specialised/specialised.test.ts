import { describe, expect, it } from "vitest";
import { bareDeck } from "../../../../../test/support/bare-deck.ts";
import { type SpecializedAnalysis, specializedAnalysis } from "../../../../contract/results.ts";
import { type Deck, deckOf } from "../deck.ts";
import { analyseClinical } from "./clinical.ts";
import { analyseRegulatory } from "./regulatory.ts";
import { analyseScience } from "./science.ts";

const deck = (...slides: Parameters<typeof bareDeck>): Deck => deckOf(bareDeck(...slides));
const claimOf = (analysis: SpecializedAnalysis, part: string) =>
  specializedAnalysis.parse(analysis).claims.find(({ claim }) => claim.includes(part));
const missing = (analysis: SpecializedAnalysis) =>
  analysis.missing.map(({ what }) => what).join("\n");

describe("clinical claims", () => {
  it("are shown with an identifier, planned near a plan, third party on other slides", () => {
    const found = analyseClinical(
      deck(
        ["clinical", "Results", "Sensitivity 89 % (95 % CI 84-93 %), n = 184, NCT01234567"],
        ["clinical", "Next", "We plan a randomised clinical trial in 2027"],
        ["problem", "Burden", "Standard care reduces mortality by 12 % in 900 patients"],
      ),
    );
    expect(claimOf(found, "Sensitivity")?.status).toBe("shown");
    expect(claimOf(found, "randomised")?.status).toBe("planned");
    expect(claimOf(found, "mortality")?.status).toBe("third_party");
    expect(found.claims.every(({ evidence }) => evidence[0]?.grounded)).toBe(true);
  });

  it("ask for a study behind strong words", () => {
    const found = analyseClinical(
      deck(["product", "Our app", "Our app is clinically proven and safe to use"]),
    );
    expect(claimOf(found, "clinically proven")?.missing.join(" ")).toMatch(/controlled study/);
    expect(found.score).toBe(1);
    expect(missing(found)).toMatch(/number of people/);
  });

  it("are not proven by a bench, and a badge of one word is a claim", () => {
    const found = analyseClinical(
      deck(
        ["product", "Our app", "Our app is clinically proven and safe to use"],
        ["science", "Bench", "Bench data show a dose response, n = 48 samples against control"],
      ),
    );
    expect(claimOf(found, "proven")?.issues.map(({ code }) => code)).toEqual([
      "proven_without_study",
    ]);
    const held = "Our device does better compared to all approved by the FDA";
    const others = analyseRegulatory(deck(["product", "The device is here", held]));
    expect(others.claims.flatMap(({ issues }) => issues)).toEqual([]);
    const own = analyseRegulatory(deck(["product", "It is here", "Our device is FDA approved"]));
    expect(own.claims[0]?.issues[0]?.code).toBe("approved_for_cleared");
    const badge = analyseRegulatory(
      deck(["product", "The app is here", "FDA-registered", "CE certified since 2025"]),
    );
    expect(badge.claims.flatMap(({ issues }) => issues.map(({ code }) => code)).sort()).toEqual([
      "ce_as_approval",
      "registration_as_review",
    ]);
  });

  it("climb with the evidence of the own product", () => {
    const pilot = deck(["clinical", "Pilot", "In our pilot n = 41 patients lost 30 % fewer days"]);
    expect(analyseClinical(pilot).score).toBe(3);
    const trial = deck([
      "clinical",
      "Trial",
      "Randomised trial against placebo, n = 240, HR 0.72 (95 % CI 0.6-0.9), NCT01234567, published in the Lancet",
    ]);
    expect(analyseClinical(trial).score).toBe(5);
    const denied = deck([
      "clinical",
      "Pilot",
      "The comparison was not randomised; n = 41 patients, NCT01234567, 95 % CI 1-2",
    ]);
    expect(analyseClinical(denied).score).toBeLessThan(5);
  });

  it("are none in a deck that makes none", () => {
    const found = analyseClinical(
      deck(["solution", "Crates", "We match empty crates with trucks"]),
    );
    expect(found).toMatchObject({ applicable: true, score: 0, claims: [] });
  });
});

describe("regulatory claims", () => {
  it.each([
    ["Our wearable device is FDA approved under 510(k)", /cleared/],
    ["FDA registered facility and product", /forms, not reviews/],
    ["CE certified since last year", /own declaration/],
    ["Breakthrough device designation received", /no approval/],
    ["We are HIPAA certified", /no official/],
    ["Our ISO 14971 certified software", /complied with/],
  ])("name the misstatement in: %s", (text, warning) => {
    const found = analyseRegulatory(deck(["regulatory", "Regulatory", text]));
    expect(found.claims[0]?.missing.join(" ")).toMatch(warning);
  });

  it("score a number above a plan", () => {
    const cleared = deck([
      "regulatory",
      "Regulatory",
      "510(k) cleared in 2025 (K123456), class II",
    ]);
    expect(analyseRegulatory(cleared).score).toBe(5);
    const soon = deck(["roadmap", "Next", "FDA approval soon"]);
    const found = analyseRegulatory(soon);
    expect(found.score).toBe(1);
    expect(found.claims[0]?.status).toBe("planned");
    expect(missing(found)).toMatch(/quality system/);
  });

  it("are not taken from the papers of the team", () => {
    const found = analyseRegulatory(deck(["team", "Team", "Khush Tawar, IND"]));
    expect(found.claims).toEqual([]);
  });
});

describe("science", () => {
  it("does not apply where no mechanism carries the value", () => {
    const found = analyseScience(
      deck(["solution", "Booking", "Patients book a doctor in two minutes"]),
    );
    expect(found.applicable).toBe(false);
    expect(found.reason).toMatch(/mechanism/);
  });

  it("quotes mechanism and evidence, and asks for what would refute them", () => {
    const found = analyseScience(
      deck(
        ["science", "Mechanism of action", "The antibody blocks the receptor and inhibits growth"],
        ["science", "Data", "Tumours shrank in vivo in three mouse models, n = 48 against control"],
      ),
    );
    expect(found.applicable).toBe(true);
    expect(claimOf(found, "antibody")?.kind).toBe("mechanism");
    expect(claimOf(found, "mouse")).toMatchObject({ kind: "prior_evidence", status: "shown" });
    expect(missing(found)).toMatch(/stop the project/);
  });
});
