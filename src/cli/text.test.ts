import fc from "fast-check";
import { expect, it } from "vitest";
import {
  cell,
  clip,
  clockText,
  dateText,
  leftText,
  oneLine,
  plural,
  secondsText,
  widthOf,
  wrap,
} from "./text.ts";

const unicode = { unicode: true };

it("a deck's text cannot drive the terminal", () => {
  expect(oneLine("a\u001b[31m\r\nb\tc\u202ed \u0007")).toBe("a [31m b c d");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(oneLine(text)).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    }),
  );
});

it("counts columns as a terminal does", () => {
  expect(widthOf("deck.pdf")).toBe(8);
  expect(widthOf("会社.pdf")).toBe(8);
  expect(widthOf("e\u0301")).toBe(1);
  expect(widthOf("🚀")).toBe(2);
});

it("cuts what is too wide and marks it", () => {
  expect(clip("aurelia-cardio.pdf", 10, unicode)).toBe("aurelia-c…");
  expect(clip("aurelia-cardio.pdf", 10, { unicode: false })).toBe("aurelia...");
  expect(clip("deck", 4, unicode)).toBe("deck");
  expect(clip("会社概要", 4, unicode)).toBe("会…");
  expect(clip("deck", 0, unicode)).toBe("");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), fc.boolean(), (text, columns, is) => {
      expect(widthOf(clip(text, columns, { unicode: is }))).toBeLessThanOrEqual(columns);
      expect(widthOf(cell(text, columns, { unicode: is }))).toBe(columns);
    }),
  );
});

it("breaks lines at blanks and loses no word", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("unbreakable", 4)).toEqual(["unbreakable"]);
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,9}$/)),
      fc.integer({ min: 9, max: 40 }),
      (words, columns) => {
        const lines = wrap(words.join(" "), columns);
        expect(lines.join(" ")).toBe(words.join(" "));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

it.each([
  [0.04, "0.0 s"],
  [6.24, "6.2 s"],
  [9.97, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min"],
  [200, "3 min 20 s"],
  [7_500, "2 h 5 min"],
])("%d seconds are %s", (seconds, text) => expect(secondsText(seconds)).toBe(text));

it("says time left no finer than it is known", () => {
  const left = (p50Seconds: number, p90Seconds: number): string =>
    leftText({ eta: { p50Seconds, p90Seconds, n: 4 }, samples: 4 });
  expect(left(8.2, 11)).toBe("~8 s left (n=4)");
  expect(left(0.1, 0.2)).toBe("~1 s left (n=4)");
  expect(left(110, 170)).toBe("~2-3 min left (n=4)");
  expect(left(110, 115)).toBe("~2 min left (n=4)");
  expect(leftText({ eta: null, samples: 1 })).toBe("no estimate yet (1 sample)");
  expect(leftText({ eta: null, samples: 9 })).toBe("no estimate");
});

it("writes times in UTC with a Z, and counts with the right word", () => {
  const at = Date.parse("2026-11-23T12:04:07Z");
  expect(clockText(at, true)).toBe("12:04:07Z");
  expect(dateText("2026-11-23T12:04:07.5Z", true)).toBe("2026-11-23 12:04:07Z");
  expect(clockText(at, false)).toMatch(/^\d\d:\d\d:\d\d$/);
  expect(dateText("2026-11-23T12:04:07Z", false)).toMatch(/^2026-11-2\d \d\d:\d\d:\d\d$/);
  expect([plural(1, "slide"), plural(0, "slide")]).toEqual(["1 slide", "0 slides"]);
});
