import { once } from "node:events";
import PDFDocument from "pdfkit";
import type { Drawn } from "./canvas.ts";
import { drawSlide } from "./draw-slide.ts";
import { lookOf } from "./look.ts";
import { plantInto } from "./plan.ts";
import type { Wording } from "./plant-claims.ts";
import { diceOf } from "./random.ts";
import { type Story, slidesOf, storyOf } from "./story.ts";
import { measuredTruth } from "./truth.ts";
import type { Kind, Language, Truth } from "./types.ts";

export interface DeckOptions {
  /** How many defects and claims to plant; by the seed when not given. 0 makes a deck in which nothing is wrong. */
  readonly plants?: number;
  /** Only these kinds. */
  readonly kinds?: readonly Kind[];
  readonly language?: Language;
  /** Half of the wording only; "all" when not given. */
  readonly wording?: Wording;
}

export interface MadeDeck {
  readonly pdf: Buffer;
  readonly truth: readonly Truth[];
  readonly name: string;
  readonly language: Language;
  readonly health: boolean;
  readonly slides: number;
}

/** A deck of an invented company, and what is wrong in it. The same seed and options give the same bytes. */
export async function makeDeck(seed: number, options: DeckOptions = {}): Promise<MadeDeck> {
  const dice = diceOf(seed);
  const drawn = dice.next();
  const language =
    options.language ?? (drawn < 0.7 ? "en" : dice.pick(["de", "fr", "es"] as const));
  const health = dice.chance(0.8);
  const story = storyOf(dice, language, health);
  const look = lookOf(dice);
  const { slides, conflicts } = plantInto(dice, story, slidesOf(dice, story), options);
  const written: Drawn[][] = [];
  const pdf = await printed(story, seed, (document) => {
    slides.forEach((slide, at) => {
      const place = {
        number: at + 1,
        slides: slides.length,
        footer: `${story.name} | ${story.month} ${story.year}`,
      };
      const size = [look.width, look.height] as [number, number];
      document.options.size = size;
      written.push(drawSlide(document, look, diceOf(seed * 1000 + at), slide, place));
    });
  });
  const truth = [
    ...slides.flatMap((slide, at) => measuredTruth(slide, at + 1, written[at] ?? [])),
    ...conflicts,
  ];
  return {
    pdf,
    truth,
    name: story.name,
    language,
    health: story.company.health,
    slides: slides.length,
  };
}

/** Fixed date, no random id, and no compression, whose output differs between versions of zlib. */
async function printed(
  story: Story,
  seed: number,
  draw: (pdf: PDFKit.PDFDocument) => void,
): Promise<Buffer> {
  const pdf = new PDFDocument({
    margin: 0,
    autoFirstPage: false,
    compress: false,
    info: {
      Title: story.name,
      Producer: "pdfkit",
      Creator: `deck ${seed}`,
      CreationDate: new Date(Date.UTC(story.year, 2, 1)),
    },
  });
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = once(pdf, "end");
  draw(pdf);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}
