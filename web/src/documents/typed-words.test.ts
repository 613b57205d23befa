import { expect, it } from "vitest";
import { stillSent } from "./typed-words.ts";

it("leaves a field alone while its own words come back, however late", () => {
  expect(stillSent(["bi", "birch"], "bi")).toEqual(["birch"]);
  expect(stillSent(["birch"], "birch")).toEqual([]);
  // The first was overtaken, and never was the address.
  expect(stillSent(["bi", "birch"], "birch")).toEqual([]);
});

it("has a field take over words from elsewhere, the same ones again too", () => {
  expect(stillSent([], "cedar")).toBeNull();
  expect(stillSent(["bi"], "")).toBeNull();
  expect(stillSent(stillSent(["bi"], "bi") ?? [], "bi")).toBeNull();
});
