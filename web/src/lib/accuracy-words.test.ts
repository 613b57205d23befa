import { expect, it } from "vitest";
import { accuracyView } from "../../../test/support/fleet-view.ts";
import { basisWords, shareWords, startsWords, waitWords } from "./accuracy-words.ts";

it("tells a share with its interval and how many stand behind it", () => {
  const answer = accuracyView();
  expect(shareWords(answer.accuracy)).toBe("92.3 %");
  expect(basisWords(answer.accuracy, answer)).toBe("81.8 to 97.0 %, 52 documents");
});

it("tells no share of too few, and how many are needed", () => {
  const few = { hits: 1, of: 1, share: null, low: null, high: null };
  expect(shareWords(few)).toBe("Too few to tell");
  expect(basisWords(few, accuracyView())).toBe("1 document so far, 20 are needed");
});

it("counts only kinds of starts that occurred", () => {
  const none = { onTime: 0, early: 0, late: 0, unused: 0, failed: 0 };
  expect(startsWords({ starts: none })).toBe("none judged yet");
  expect(startsWords({ starts: { ...none, onTime: 3, unused: 1 } })).toBe("3 on time, 1 unused");
});

it("tells waits in seconds, and long ones in minutes", () => {
  expect([null, 0, 12.44, 59.9, 75].map(waitWords)).toEqual([
    "none yet",
    "0.0 s",
    "12.4 s",
    "59.9 s",
    "1 min 15 s",
  ]);
});
