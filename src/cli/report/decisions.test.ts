import picocolors from "picocolors";
import { expect, it } from "vitest";
import { decisionView, verdictView } from "../../../test/support/fleet-view.ts";
import type { Style } from "../style.ts";
import { widthOf } from "../text.ts";
import { decisionsText, flatten, whyText } from "./decisions.ts";

const style: Style = { colors: picocolors.createColors(false), unicode: true };

const refused = decisionView({
  ...{ id: 411, action: "refuse", replica: null, rule: "ceiling" },
  sentence:
    "vision gets no further replica: 8 of 8 run, and $5.90 of $6.00 an hour are spent; one more L40S would cost $0.75",
});

it("puts a sentence below its decision on a terminal of 80 columns", () => {
  const judged = decisionView({ verdict: verdictView() });
  const text = decisionsText([judged, refused], style, { utc: true, columns: 80 });
  expect(text).toBe(`ID   TIME                 ACTION ABOUT    RULE
412  2026-11-23 12:04:07Z start  vision-1 queue
    vision-1 started: 4 tasks wait and nothing runs
    Verdict: late by 1 min 45 s: 2 documents waited 3 min in sum
411  2026-11-23 12:04:07Z refuse vision   ceiling
    vision gets no further replica: 8 of 8 run, and $5.90 of $6.00 an hour are
    spent; one more L40S would cost $0.75`);
  for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(80);
});

it("keeps a decision on one line where it goes into a pipe", () => {
  const judged = decisionView({ verdict: verdictView() });
  const lines = decisionsText([judged, refused], style, { utc: true, columns: null });
  expect(lines.split("\n")).toHaveLength(3);
  expect(lines.split("\n")[0]).toMatch(/RULE {5}VERDICT {2}SENTENCE$/);
  expect(lines.split("\n")[1]).toMatch(/queue {4}late {5}vision-1 started/);
  expect(lines.split("\n")[2]).toMatch(
    /^411 .* ceiling {2}open {5}vision gets .* would cost \$0\.75$/,
  );
});

it("tells one decision with its figures and what would have happened otherwise", () => {
  const placed = decisionView({
    ...{ action: "place", rule: "cheapest" },
    inputs: {
      staying: 0,
      spot: true,
      refusals: [],
      regions: ["FIN-03", "FIN-01"],
      chosen: { gpu: "L40S", usdPerHour: 0.75 },
      candidates: [{ gpu: "L40S" }, { gpu: "A100", why: null }],
    },
  });
  expect(whyText(placed, style, true)).toBe(`Decision 412  2026-11-23 12:04:07Z
Action       place vision-1
Rule         cheapest
Decided by   reference, version 0f3c9a71, tick 88
Sentence     vision-1 started: 4 tasks wait and nothing runs
Otherwise    wait: the next document would take 3 min longer
Verdict      not known yet

INPUT              VALUE
staying            0
spot               yes
refusals           none
regions            FIN-03, FIN-01
chosen.gpu         L40S
chosen.usdPerHour  0.75
candidates.1.gpu   L40S
candidates.2.gpu   A100
candidates.2.why   none`);
});

it("says that a decision had no figures, and that nothing was told of another way", () => {
  const text = whyText(decisionView({ inputs: {}, alternative: null }), style, true);
  expect(text).toContain("Otherwise    not told");
  expect(text).toContain("It was made from no figures.");
});

it("tells the verdict of one decision, and says nothing of one that nobody judges in a list", () => {
  const told = whyText(decisionView({ verdict: verdictView() }), style, true);
  expect(told).toContain("Verdict      late by 1 min 45 s: 2 documents waited 3 min in sum");
  const none = decisionView({ verdict: verdictView({ kind: "unjudged", sentence: "not judged" }) });
  expect(decisionsText([none], style, { utc: true, columns: 80 })).not.toContain("Verdict");
  expect(decisionsText([none], style, { utc: true, columns: null })).toContain("unjudged");
});

it("flattens what is no list of plain values by place", () => {
  expect(flatten({ a: { b: { c: 1 } }, d: [[1, 2], [3]] })).toEqual([
    ["a.b.c", "1"],
    ["d.1", "1, 2"],
    ["d.2", "3"],
  ]);
});
