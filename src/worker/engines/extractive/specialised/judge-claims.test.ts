import { describe, expect, it } from "vitest";
import { slideOf } from "../../../../../test/support/slides.ts";
import type { Claim } from "../../../../contract/results.ts";
import { judgeClaims } from "./judge-claims.ts";

const slides = [
  slideOf(1, "Valvia\nA patch that watches the heart", { kind: "cover" }),
  slideOf(
    2,
    "Evidence\nOur patch is clinically proven in daily use.\nStudy NCT01234567 has begun.",
    {
      kind: "clinical",
    },
  ),
  slideOf(3, "Approval\nThe patch is FDA approved (K123456).", { kind: "regulatory" }),
];
const claimOf = (slide: number, quote: string, grounded = true): Claim => ({
  ...{ claim: "In the words of a model.", kind: "efficacy", status: "stated" },
  evidence: [{ slide, quote, grounded }],
  ...{ missing: ["n"], issues: [], identifiers: [] },
});
const codes = (claims: readonly Claim[]) =>
  claims.map(({ issues }) => issues.map(({ code }) => code).join());

describe("claims of a model, judged by the rules", () => {
  it("get the issues and identifiers of what they quote, and keep their own words", () => {
    const claims = [
      claimOf(2, "clinically proven in daily use"),
      claimOf(2, "Study NCT01234567 has begun."),
    ];
    const [proven, study, ...more] = judgeClaims(claims, slides, "clinical");
    expect(proven).toMatchObject({
      ...{ claim: "In the words of a model.", missing: ["n"] },
      evidence: claims[0]?.evidence,
      issues: [{ code: "proven_without_study" }],
    });
    expect(study).toMatchObject({
      issues: [],
      identifiers: [{ kind: "trial", id: "NCT01234567", checked: false }],
    });
    expect(more).toEqual([]);
  });

  it("are joined by a misstatement that none of them quotes", () => {
    const [added, ...more] = judgeClaims([], slides, "regulatory");
    expect(codes(added ? [added] : [])).toEqual(["approved_for_cleared"]);
    expect(added?.evidence).toEqual([
      { slide: 3, quote: "The patch is FDA approved (K123456).", grounded: true },
    ]);
    expect(more).toEqual([]);
  });

  it("gain nothing by a quote that does not stand on its slide, or stands on another", () => {
    for (const claim of [
      claimOf(2, "clinically proven in daily use", false),
      claimOf(3, "clinically proven in daily use"),
    ]) {
      expect(codes(judgeClaims([claim], slides, "clinical"))).toEqual(["", "proven_without_study"]);
    }
  });
});
