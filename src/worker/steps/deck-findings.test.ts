import { describe, expect, it } from "vitest";
import type { Finding, SlideFindings, StatedFigure } from "../../contract/results.ts";
import { overDeck } from "./deck-findings.ts";

const customers = (slide: number, value: number, of: string): SlideFindings => {
  const quote = `${value} ${of} customers`;
  const figure: StatedFigure = {
    ...{ kind: "customers", of, value, unit: "customers", year: null },
    quote,
  };
  return { slide, findings: [], figures: [figure] };
};
const rulesOf = (...slides: SlideFindings[]) => overDeck(slides).deck.map(({ rule }) => rule);

describe("numbers of a deck held against each other", () => {
  it("disagree on one thing", () => {
    const found = overDeck([customers(3, 40, "paying"), customers(9, 25, "paying")]);
    expect(found.deck[0]).toMatchObject({ rule: "conflicting_customers", slides: [3, 9] });
    expect(found.slides[1]?.findings[0]?.rule).toBe("conflicting_customers");
    expect(rulesOf(customers(3, 40, "paying"), customers(9, 41, "paying"))).toEqual([]);
  });

  it("disagree when more pay than there are, and not when fewer do", () => {
    expect(rulesOf(customers(3, 40, "paying"), customers(9, 25, ""))).toEqual([
      "conflicting_customers",
    ]);
    expect(rulesOf(customers(3, 25, "paying"), customers(9, 40, ""))).toEqual([]);
  });

  it("are told once, and nothing is lost, when finished slides go in again", () => {
    const small = (rule: string): Finding => ({
      ...{ rule, severity: "minor", what: rule, why: "", fix: "", evidence: [], measure: null },
    });
    const findings = [small("a"), small("b"), small("c")];
    const once = overDeck([
      { ...customers(3, 40, "paying"), findings },
      { ...customers(9, 25, "paying"), findings },
    ]);
    expect(once.slides[1]?.findings.map(({ rule }) => rule)).toEqual([
      ...["conflicting_customers", "a", "b", "c"],
    ]);
    expect(overDeck(once.slides)).toEqual(once);
  });
});
