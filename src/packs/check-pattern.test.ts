import { expect, it } from "vitest";
import { patternProblem } from "./check-pattern.ts";

it.each([
  "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
  "^NCT\\d{8}$",
  "^[A-Z][a-z]+(?: [A-Z][a-z]{1,9}){0,5}$",
  "^(yes|no)$",
  "^[^@ ]+@[^@ ]+$",
  "^\\(\\+\\)+$",
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
  "^(?=(a+))b$",
  "^(.)\\1$",
  "a+b+c+d+e+",
  "a".repeat(301),
])("refuses %j", (pattern) => {
  expect(patternProblem(pattern)).not.toBeNull();
});
