import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closestMatch } from "./close-match.ts";
import { groundEvidence, groundQuote } from "./grounding.ts";
import { type NumberIds, type Symbols, symbolsOf } from "./symbols.ts";

const slide = [
  "Clinical evidence",
  "• Sensitivity 94.2 % (95 % CI 91–97) in n = 1,240 patients",
  "Raising EUR 4.5M Series A; 2.5 million people affected",
  "A multi-\ncentre study of the “AURELIA” ﬁlter, p < 0.05",
].join("\n");

const stands = (quote: string, text = slide) => groundQuote(quote, text).grounded;

describe("groundQuote", () => {
  test.each([
    ["literal words", "Raising EUR 4.5M Series A"],
    ["another case", "raising eur 4.5m series a"],
    ["words over a line end", "in n = 1,240 patients Raising EUR 4.5M"],
    ["a word hyphenated at a line end", "multicentre study"],
    ["straight quotation marks and no ligature", 'the "AURELIA" filter'],
    ["another dash", "95 % CI 91-97"],
    ["missing blanks", "Sensitivity 94.2% (95%CI 91–97)"],
    ["a misread letter", "A multicentre studv of the AURELIA filter"],
    [
      "a dropped bullet and a dropped mark",
      "Clinical evidence Sensitivity 94.2 % 95 % CI 91–97 in",
    ],
  ])("finds a quote with %s", (_title, quote) => {
    expect(groundQuote(quote, slide)).toMatchObject({ grounded: true });
  });

  test.each([
    ["another number", "Sensitivity 96.2 % (95 % CI 91–97) in n = 1,240 patients"],
    ["another decimal mark", "Sensitivity 942 % (95 % CI 91–97) in n = 1,240 patients"],
    ["another grouping", "in n = 1.240 patients"],
    ["a number cut at its front", "240 patients"],
    ["a number cut at its end", "Raising EUR 4"],
    ["a number cut at its decimals", "5M Series A"],
    ["a number left out", "Sensitivity (95 % CI 91–97) in n = 1,240 patients"],
    ["a number put in", "Sensitivity 94.2 % (95 % CI 91–97) in 7 n = 1,240 patients"],
    ["another scale", "Raising EUR 4.5M Series A; 2.5 billion people affected"],
    ["another comparison", 'of the "AURELIA" filter, p > 0.05'],
    ["other words", "We cure every patient"],
    ["no words", " … "],
    ["nothing", ""],
  ])("does not find a quote with %s", (_title, quote) => {
    expect(groundQuote(quote, slide)).toEqual({ grounded: false, similarity: 0 });
  });

  test("keeps a raised digit apart from the digit before it", () => {
    expect(stands("10² cells", "up to 10^2 cells")).toBe(true);
    expect(stands("102 cells", "up to 10² cells")).toBe(false);
    expect(stands("31/2 years", "3½ years")).toBe(false);
  });

  test("takes .5 for another number than 5", () => {
    expect(stands("5 mg twice a day", "take .5 mg twice a day")).toBe(false);
    expect(stands("p<.05", "shown with p < .05")).toBe(true);
  });

  test("tells how close a quote is", () => {
    expect(groundQuote("abcdefghij", "xx abcdefghij xx").similarity).toBe(1);
    expect(groundQuote("abcdefghiq", "xx abcdefghij xx").similarity).toBeCloseTo(0.9);
    expect(groundQuote("abcdefqqij", "xx abcdefghij xx").grounded).toBe(false);
  });

  test("takes a letter for a word that its plain form shows as a mark", () => {
    expect(stands("ͺ", "ͺA")).toBe(true);
    expect(stands("ﾞ", "ｶﾞ")).toBe(false);
  });

  test("finds nothing on an empty slide", () => {
    expect(stands("anything", "")).toBe(false);
  });

  test("stays quick on a long slide and a long quote that is nearly there", () => {
    const repeated = "abcab ".repeat(20_000);
    const quote = `${"abcab ".repeat(150)}zzz${"abcab ".repeat(150)}`;
    const begin = performance.now();
    groundQuote(quote, repeated);
    groundQuote(quote.replaceAll("c", "d"), repeated);
    expect(performance.now() - begin).toBeLessThan(3_000);
  });
});

const word = fc.stringMatching(/^[\p{L}]{1,9}$/u).filter((text) => text.trim() !== "");
const number = fc.oneof(
  fc.nat(99_999).map(String),
  fc.tuple(fc.nat(999), fc.nat(99)).map(([whole, part]) => `${whole}.${part}`),
  fc.integer({ min: 1_000, max: 9_999_999 }).map((value) => value.toLocaleString("en-US")),
);
const mark = fc.constantFrom("%", "€", "•", "—", "-", ":", "(", ")", "“", "”", "n =", "<");
const blank = fc.constantFrom(" ", "  ", "\n", "\t", "\u00a0", " \r\n ");
const tokens = fc.array(fc.oneof({ weight: 5, arbitrary: word }, number, mark), {
  minLength: 1,
  maxLength: 60,
});
const stretch = fc.tuple(tokens, fc.nat(), fc.nat()).map(([all, a, b]) => {
  const from = a % all.length;
  return { all, from, part: all.slice(from, from + 1 + (b % (all.length - from))) };
});
const readable = (parts: readonly string[]) => /[\p{L}\p{Nd}]/u.test(parts.join(""));

describe("groundQuote, for any text", () => {
  test("every stretch of whole tokens stands there", () => {
    fc.assert(
      fc.property(stretch, ({ all, part }) => {
        fc.pre(readable(part));
        expect(groundQuote(part.join(" "), all.join(" "))).toEqual({
          grounded: true,
          similarity: 1,
        });
      }),
    );
  });

  test("every stretch of characters that cuts no number stands there", () => {
    const characters = fc.array(fc.oneof(word, mark, blank), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(characters, fc.nat(), fc.nat(), (parts, a, b) => {
        const all = Array.from(parts.join(""));
        const from = a % all.length;
        const part = all.slice(from, from + 1 + (b % (all.length - from))).join("");
        fc.pre(readable([part]));
        expect(stands(part, all.join(""))).toBe(true);
      }),
    );
  });

  test("case and blanks do not matter", () => {
    fc.assert(
      fc.property(
        stretch,
        fc.array(blank, { minLength: 1 }),
        fc.boolean(),
        (drawn, blanks, upper) => {
          fc.pre(readable(drawn.part));
          const text = drawn.all.join(" ");
          const spaced = drawn.part.map((token, at) => token + blanks[at % blanks.length]).join("");
          // Some letters change their kind with their case (ŉ, ǰ); those are not what is meant.
          const cased = upper ? spaced.toUpperCase() : spaced.toLowerCase();
          fc.pre(cased.toLowerCase() === spaced.toLowerCase());
          expect(stands(cased, text)).toBe(true);
        },
      ),
    );
  });

  test("a quote with another number never stands there", () => {
    fc.assert(
      fc.property(stretch, number, fc.nat(), (drawn, other, pick) => {
        const at = pick % drawn.part.length;
        const quote = drawn.part.with(at, other);
        fc.pre(!drawn.all.some((token) => token === other));
        expect(stands(quote.join(" "), drawn.all.join(" "))).toBe(false);
      }),
    );
  });

  test("a digit changed in place is never forgiven", () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 12, maxLength: 30 }),
        number,
        fc.nat(),
        (words, value, at) => {
          const where = at % words.length;
          const text = words.toSpliced(where, 0, value).join(" ");
          const changed = value.replace(/\d/, (digit) => String((Number(digit) + 1) % 10));
          expect(stands(words.toSpliced(where, 0, changed).join(" "), text)).toBe(false);
        },
      ),
    );
  });
});

/** The same measure without any shortcut. */
function closestBySearch(quote: Symbols, text: Symbols, editsMax: number): number | undefined {
  const far = 1_000_000;
  const cost = (symbols: Symbols, at: number) => (symbols.firm[at] ? far : 1);
  let column = [0];
  for (let row = 1; row <= quote.values.length; row += 1) {
    column.push(column[row - 1]! + cost(quote, row - 1));
  }
  let best = far;
  for (let at = 0; at < text.values.length; at += 1) {
    const next = [0];
    for (let row = 1; row <= quote.values.length; row += 1) {
      const same = quote.values[row - 1] === text.values[at];
      const change = same ? 0 : Math.max(cost(quote, row - 1), cost(text, at));
      next.push(
        Math.min(
          column[row - 1]! + change,
          column[row]! + cost(text, at),
          next[row - 1]! + cost(quote, row - 1),
        ),
      );
    }
    column = next;
    best = Math.min(best, column[quote.values.length]!);
  }
  return best <= editsMax ? best : undefined;
}

describe("closestMatch", () => {
  const letters = fc.constantFrom(..."abcdefghijklm12 %<");
  const edit = fc.record({ at: fc.nat(), by: fc.constantFrom("", "x", "yz", "7") });

  test("finds what a search of everything finds", () => {
    let near = 0;
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 30, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 8, max: 60 }),
        fc.array(edit, { maxLength: 9 }),
        (all, from, length, edits) => {
          const part = all.slice(from % all.length, (from % all.length) + length);
          for (const { at, by } of edits) part.splice(at % part.length, 1, by);
          const ids: NumberIds = new Map();
          const quote = symbolsOf(part.join(""), ids);
          const text = symbolsOf(all.join(""), ids);
          const editsMax = Math.floor(quote.values.length * 0.15);
          fc.pre(editsMax > 0);
          const expected = closestBySearch(quote, text, editsMax);
          fc.pre(expected !== 0);
          if (expected !== undefined) near += 1;
          expect(closestMatch(quote, text, editsMax)).toBe(expected);
        },
      ),
      { numRuns: 1_500 },
    );
    expect(near).toBeGreaterThan(100);
  });
});

describe("groundEvidence", () => {
  const slides = [
    { slide: 1, text: "Aurelia Cardio" },
    { slide: 2, text: "Raising EUR 4.5M" },
  ];

  test("judges each quote by the slide it names and keeps the other fields", () => {
    const evidence = [
      { slide: 1, quote: "aurelia cardio", note: "cover" },
      { slide: 1, quote: "Raising EUR 4.5M", note: "wrong slide" },
      { slide: 9, quote: "Aurelia Cardio", note: "no such slide" },
    ];
    expect(groundEvidence(evidence, slides)).toEqual([
      { slide: 1, quote: "aurelia cardio", note: "cover", grounded: true },
      { slide: 1, quote: "Raising EUR 4.5M", note: "wrong slide", grounded: false },
      { slide: 9, quote: "Aurelia Cardio", note: "no such slide", grounded: false },
    ]);
  });

  test("does not believe a `grounded` that came with the evidence", () => {
    const claimed = [{ slide: 2, quote: "Raising EUR 9M", grounded: true }];
    expect(groundEvidence(claimed, slides)[0]?.grounded).toBe(false);
  });
});
