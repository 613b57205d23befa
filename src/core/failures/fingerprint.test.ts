import fc from "fast-check";
import { expect, it } from "vitest";
import { fingerprintOf, normaliseMessage } from "./fingerprint.ts";

const number = fc.oneof(
  fc.nat().map(String),
  fc.float({ noNaN: true, min: 0, max: 1e6 }).map((n) => n.toFixed(2)),
);
const id = fc.oneof(
  fc.uuid(),
  fc.stringMatching(/^[dpb]_[A-Z0-9]{6,12}$/),
  fc.stringMatching(/^a[0-9a-f]{10}[0-9]$/),
);
const path = fc
  .array(fc.stringMatching(/^[a-z0-9_.-]{1,8}$/), { minLength: 2, maxLength: 5 })
  .map((parts) => `/${parts.join("/")}`);
const quote = fc.stringMatching(/^[A-Za-z0-9 .]{1,20}$/).map((text) => `"${text}"`);
const message = (n: string, i: string, p: string, q: string): string =>
  `Slide ${n} of ${i} in ${p}: the model answered ${q}, after ${n} s.`;

it("finds the same failure under other numbers, ids, paths and quotes", () => {
  const particulars = fc.tuple(number, id, path, quote);
  fc.assert(
    fc.property(particulars, particulars, (a, b) => {
      expect(normaliseMessage(message(...a))).toBe(normaliseMessage(message(...b)));
    }),
  );
});

it("changes nothing the second time", () => {
  const texts = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.tuple(number, id, path, quote).map((parts) => message(...parts)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const once = normaliseMessage(text);
      expect(normaliseMessage(once)).toBe(once);
    }),
  );
});

it.each([
  [
    "CUDA out of memory. Tried to allocate 2.50 GiB",
    "CUDA out of memory. Tried to allocate <n> GiB",
  ],
  ["it's the model's answer", "it's the model's answer"],
  ["http://127.0.0.1:11434/api/chat answered 500: boom", "<url> answered <n>: boom"],
  ["cannot open C:\\decks\\a.pdf", "cannot open <path>"],
  ["slides 3, 5, 9 have no text", "slides <n> have no text"],
  ["answered 'no' and “nein”", "answered <quote> and <quote>"],
])("takes the particulars out of %j", (text, normal) => {
  expect(normaliseMessage(text)).toBe(normal);
});

it("sees a quote whose end is beyond what it looks at, and shows none of it", () => {
  const long = (word: string) => `The model answered "${`${word} `.repeat(90)}", it's no JSON`;
  expect(normaliseMessage(long("alpha"))).toBe("The model answered <quote>");
  expect(normaliseMessage(long("beta"))).toBe(normaliseMessage(long("alpha")));
  const whole = `it's ${"so ".repeat(200)}`;
  expect(normaliseMessage(whole)).toContain("it's so so");
});

it("gives a kind the name it has always had: people's words about it hang on it", () => {
  const detail = 'slide 7 of d_ABC123: http://127.0.0.1/api answered 500 "boom" after 3.5 s';
  expect(fingerprintOf({ stage: "visual_analysis", code: "MODEL_ERROR", detail })).toBe(
    "f_ed16a6d1c2f6",
  );
  expect(fingerprintOf({ stage: "upload", code: "NOT_A_PDF", detail: null })).toBe(
    "f_8313ea20deb7",
  );
});

it("tells stages, codes and kinds of messages apart", () => {
  const base = { stage: "visual_analysis", code: "MODEL_ERROR", detail: "slide 7 failed" };
  expect(fingerprintOf(base)).toMatch(/^f_[0-9a-f]{12}$/);
  expect(fingerprintOf({ ...base, detail: "slide 9 failed" })).toBe(fingerprintOf(base));
  const others = [
    { ...base, stage: "slide_feedback" },
    { ...base, code: "INTERNAL" },
    { ...base, detail: "slide 7 was empty" },
    { ...base, detail: null },
  ];
  expect(new Set([base, ...others].map(fingerprintOf)).size).toBe(5);
});
