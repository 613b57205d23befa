import { expect, it } from "vitest";
import { pageFacts } from "../../../test/support/page-facts.ts";
import type { PageFacts, PageImage } from "../../pdf/types.ts";
import { wordsOfSlide } from "./page-words.ts";

const layer = "Raising $5M to finish two studies";
const photo: PageImage = {
  ...{ x: 0.5, y: 0.2, width: 0.4, height: 0.5 },
  widthPixels: 900,
  heightPixels: 700,
};
const icon: PageImage = { ...photo, width: 0.02, height: 0.02 };
const slide = (images: readonly PageImage[], more: Partial<PageFacts> = {}): PageFacts =>
  pageFacts({
    page: 2,
    images,
    characters: layer.length,
    lines: [{ text: layer, x: 0.1, y: 0.1, width: 0.6, height: 0.04, size: 0.03, bold: false }],
    ...more,
  });

it.each([
  ["words in a picture", [photo], "Made in Basel"],
  ["words of other letters", [photo], "Αθήνα"],
  ["a number alone, as charts have them", [photo], "2031"],
])("adds to the text layer what a model read of %s", (_, images, read) => {
  const text = [layer, read].join("\n");
  expect(wordsOfSlide(text, slide(images))).toEqual({ text, source: "both" });
});

it.each([
  ["where no picture is", [], "Made in Basel"],
  ["where a picture is too small for words", [icon], "Made in Basel"],
  ["that the layer has", [photo], "raising $5M — to finish"],
  ["that the layer has with another number", [photo], "Raising $6M to finish two studies"],
  ["that are no words", [photo], "•• —"],
])("adds nothing %s", (_, images, read) => {
  expect(wordsOfSlide(read, slide(images))).toEqual({ text: layer, source: "text_layer" });
});

it("takes a name from the logo of a cover, small as it may be", () => {
  const said = wordsOfSlide("Aurelia", slide([icon], { page: 1 }));
  expect(said).toEqual({ text: `${layer}\nAurelia`, source: "both" });
});
