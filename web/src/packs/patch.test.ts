import { createTwoFilesPatch } from "diff";
import { expect, it } from "vitest";
import { hunksOf, isNumberAlone, sizeOf } from "./patch.ts";

const patch = (old: string, young: string): string =>
  createTwoFilesPatch("a.md", "a.md", old, young, "version 1", "version 2", { context: 1 });

it("reads a unified diff with the line numbers of both sides", () => {
  const hunks = hunksOf(patch("one\ntwo\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\nsix\n"));
  expect(hunks.map(({ lines }) => lines)).toEqual([
    [
      { kind: "same", old: 1, young: 1, text: "one" },
      { kind: "removed", old: 2, young: null, text: "two" },
      { kind: "added", old: null, young: 2, text: "2" },
      { kind: "same", old: 3, young: 3, text: "three" },
    ],
    [
      { kind: "same", old: 5, young: 5, text: "five" },
      { kind: "added", old: null, young: 6, text: "six" },
    ],
  ]);
  expect(sizeOf(hunks)).toEqual({ added: 2, removed: 1 });
});

it("knows a change that is the version's number alone", () => {
  expect(isNumberAlone(hunksOf(patch("name: a\nversion: 1\n", "name: a\nversion: 2\n")))).toBe(
    true,
  );
  expect(isNumberAlone(hunksOf(patch("name: a\nversion: 1\n", "name: b\nversion: 2\n")))).toBe(
    false,
  );
  expect(hunksOf(patch("same\n", "same\n"))).toEqual([]);
});
