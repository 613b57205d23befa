import { expect, it } from "vitest";
import { slideOf } from "../../../test/support/slides.ts";
import { withGrounding } from "./grounded.ts";

it("loses quotes of no slide, and not the answer they stand in", () => {
  const quote = "Aurelia makes stents";
  const odd = [{ slide: 0, quote }, { slide: 1.5, quote }, { slide: 1, quote: " " }, "words", null];
  const long = { slide: 1, quote: "long ".repeat(500) };
  const answer = { name: { value: "Aurelia", evidence: [...odd, { slide: 1, quote }, long] } };
  expect(withGrounding(answer, [slideOf(1, quote)])).toEqual({
    name: {
      value: "Aurelia",
      evidence: [
        { slide: 1, quote, grounded: true },
        { slide: 1, quote: long.quote.slice(0, 2000), grounded: false },
      ],
    },
  });
});
