import picocolors from "picocolors";
import { expect, it } from "vitest";
import { accuracyView } from "../../../test/support/fleet-view.ts";
import type { Style } from "../style.ts";
import { accuracyText } from "./accuracy.ts";

const style: Style = { colors: picocolors.createColors(false), unicode: true };

it("tells each share with its interval, and what starts came to", () => {
  expect(accuracyText(accuracyView(), style, true)).toBe(
    `Scaling accuracy since 2026-11-23 12:04:07Z
Predictive accuracy      92.3 % (81.8 % to 97.0 %) of 52 documents that text could be ready for
Text ready when needed   78.1 % (66.6 % to 86.5 %) of 64 documents in all
Begun within 30 s        93.8 % (85.0 % to 97.5 %) of 64 documents in all
Mean wait for text       12 s
Starts                   20 on time, 10 early, 8 late, 1 unused, 1 failed
Wasted pre-warms         1.6 for 100 documents
Paid for nothing         $0.12`,
  );
});

it("gives no percentage of too few documents, and says why", () => {
  const few = { hits: 1, of: 1, share: null, low: null, high: null };
  const text = accuracyText(
    accuracyView({
      ...{ documents: 1, accuracy: few, onTime: few, within30s: few, wastedPer100: null },
      ...{ meanTextWaitSeconds: null, wastedUsd: 0 },
      starts: { onTime: 0, early: 0, late: 0, unused: 0, failed: 0 },
    }),
    style,
    true,
  );
  expect(text).not.toContain("%");
  expect(text).toContain(
    "too few to tell: 1 document that text could be ready for, at least 20 are needed",
  );
  expect(text).toContain("Starts                   none judged yet");
});

it("says when only a part was looked at", () => {
  const text = accuracyText(accuracyView({ isPart: true, meanTextWaitSeconds: 75 }), style, true);
  expect(text).toContain("Only the newest 20000 documents are in it.");
  expect(text).toContain("Mean wait for text       1 min 15 s");
});

it("tells how often forecasts held, where enough was foretold", () => {
  const quantile = (level: number, hits: number, of: number) => ({
    ...{ level, pinballSeconds: 3 },
    coverage: { hits, of, share: of < 20 ? null : hits / of, low: 0, high: 1 },
  });
  const predictions = [
    {
      progress: "not started",
      documents: 40,
      quantiles: [4, 20, 38].map((n) => quantile(0.5, n, 40)),
    },
    { progress: "0-25 %", documents: 3, quantiles: [quantile(0.5, 1, 3)] },
  ];
  const text = accuracyText(accuracyView({ predictions }), style, true);
  expect(text).toContain("not started              10.0 %, 50.0 %, 95.0 % of 40 documents");
  expect(text).not.toContain("0-25 %");
  const few = accuracyText(accuracyView({ predictions: predictions.slice(1) }), style, true);
  expect(few).toContain("too few to tell: at least 20 documents are needed");
});
