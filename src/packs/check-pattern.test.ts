import fc from "fast-check";
import { expect, it } from "vitest";
import { patternProblem } from "./check-pattern.ts";

it.each([
  "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
  "^NCT\\d{8}$",
  "^[A-Z][a-z]+(?: [A-Z][a-z]{1,9}){0,5}$",
  "^(yes|no)$",
  "^[^@ ]+@[^@ ]+$",
  "^\\(\\+\\)+$",
  "^[^@ ]+@[^@ ]+\\.[^@ ]+$",
  "^(?:ab)+$",
  "^(?<year>[0-9]{4})+$",
  "^[0-9]{1,3}(\\.[0-9]{1,3}){3}$",
  "^\\p{Lu}{2}\\u{61}?$",
  "^(a{20}){20}$",
  "^a+?b*?$",
])("takes %j", (pattern) => {
  expect(patternProblem(pattern)).toBeNull();
});

it.each([
  "^(a+)+$",
  "^(a|a)*$",
  "^([a-z]+\\s?)*$",
  "^(?:(?:x?y)+z)*$",
  "^(a*){2,}$",
  "^((ab)*c?)+$",
  "^(a+){1,50}$",
  "^(a+){20}$",
  "^(a+){2}$",
  "^(a+){2,10}$",
  "^((a+)?b){3}$",
  "^(a{0,300}){2,3}$",
  "^(a{1,3}){20}$",
  "^(a|aa){40}$",
  "^((a|b){2}c?){20}$",
  `^${"a?".repeat(40)}b$`,
  `^${"a{0,9}".repeat(12)}b$`,
  `^${"(a|aa)".repeat(40)}b$`,
  `^${"\\u{61}?".repeat(35)}b$`,
  "^(?=(a+))b$",
  "^(.)\\1$",
  "a+b+c+d+e+",
  "^a*a*a*a*b$",
  "a*a*a*b",
  "b|^a*a*a*c",
  "a".repeat(301),
])("refuses %j", (pattern) => {
  expect(patternProblem(pattern)).not.toBeNull();
});

it("takes no pattern that takes for ever", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "[ab]",
    "(",
    "(?:",
    ")",
    "|",
    "?",
    "*",
    "+",
    "{2}",
    "{0,3}",
  );
  const pieces = fc.array(piece, { maxLength: 14 });
  fc.assert(
    fc.property(pieces, (written) => {
      const pattern = `^${written.join("")}$`;
      fc.pre(isPattern(pattern) && patternProblem(pattern) === null);
      // One that tries all ways holds this up past any limit of a test; what it answers is its own affair.
      expect(new RegExp(pattern, "u").test(`${"a".repeat(60)}c`)).toBeTypeOf("boolean");
    }),
  );
});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u") !== null;
  } catch {
    return false;
  }
}
