import { expect, it } from "vitest";
import { askedFor, slidesIn } from "./reopen-scope.ts";

it.each([
  ["7", [7]],
  ["9, 7 ; 7", [7, 9]],
  ["2-4,22", [2, 3, 4, 22]],
  ["", null],
  ["0", null],
  ["23", null],
  ["4-2", null],
  ["seven", null],
  ["1-99999", null],
])("reads the slides of %j", (text, slides) => expect(slidesIn(text, 22)).toEqual(slides));

it("asks for what is chosen, and for nothing that is not whole", () => {
  const chosen = { stage: "#4", slides: null };
  expect(askedFor("failed", chosen)).toEqual({ kind: "retry", body: {} });
  expect(askedFor("skip", chosen)).toEqual({ kind: "retry", body: { skipFailed: true } });
  expect(askedFor("stage", chosen)).toEqual({ kind: "rerun", body: { from: 4 } });
  expect(askedFor("slides", chosen)).toBeNull();
  expect(askedFor("slides", { ...chosen, slides: [7] })).toEqual({
    kind: "retry",
    body: { slides: [7] },
  });
});
