import type { Dice } from "./random.ts";

type Rgb = readonly [number, number, number];

export interface Look {
  /** Points. */
  readonly width: number;
  readonly height: number;
  readonly font: string;
  readonly fontBold: string;
  readonly paper: Rgb;
  readonly ink: Rgb;
  readonly soft: Rgb;
  readonly accent: Rgb;
  readonly panel: Rgb;
  /** The title stands on a band of this colour; null: on the paper. */
  readonly band: Rgb | null;
  readonly centred: boolean;
  readonly bullet: "dot" | "dash" | "none" | "number";
  readonly footer: boolean;
  readonly titleSize: number;
  readonly bodySize: number;
}

const sizes = [
  [960, 540],
  [960, 540],
  [1280, 720],
  [720, 540],
  [842, 595],
  [1920, 1080],
  [1024, 768],
] as const;

const fonts = [
  ["Helvetica", "Helvetica-Bold"],
  ["Helvetica", "Helvetica-Bold"],
  ["Times-Roman", "Times-Bold"],
  ["Courier", "Courier-Bold"],
] as const;

const papers: readonly { paper: Rgb; ink: Rgb; accents: readonly Rgb[] }[] = [
  {
    paper: [255, 255, 255],
    ink: [28, 30, 38],
    accents: [
      [20, 90, 160],
      [0, 110, 90],
      [150, 40, 60],
    ],
  },
  {
    paper: [250, 247, 240],
    ink: [50, 40, 30],
    accents: [
      [120, 70, 20],
      [30, 90, 110],
    ],
  },
  {
    paper: [18, 24, 44],
    ink: [240, 243, 250],
    accents: [
      [120, 200, 255],
      [255, 200, 90],
    ],
  },
  {
    paper: [238, 244, 248],
    ink: [20, 40, 60],
    accents: [
      [10, 90, 130],
      [130, 30, 110],
    ],
  },
  {
    paper: [34, 34, 34],
    ink: [245, 245, 245],
    accents: [
      [140, 220, 160],
      [255, 170, 120],
    ],
  },
  {
    paper: [12, 74, 80],
    ink: [255, 255, 255],
    accents: [
      [255, 225, 130],
      [190, 240, 230],
    ],
  },
];

const linear = (value: number): number => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};
const luminance = ([r, g, b]: Rgb): number =>
  0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

/** WCAG 2 contrast of two colours, 1..21. */
export function contrastOf(a: Rgb, b: Rgb): number {
  const [one, two] = [luminance(a), luminance(b)];
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}

const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  Math.round(a[0] + (b[0] - a[0]) * share),
  Math.round(a[1] + (b[1] - a[1]) * share),
  Math.round(a[2] + (b[2] - a[2]) * share),
];

/** Between ground and ink, as near as can be to the wanted contrast and not below it. */
export function shadeOf(paper: Rgb, ink: Rgb, contrast: number): Rgb {
  for (let step = 0; step <= 200; step++) {
    const colour = mix(paper, ink, step / 200);
    if (contrastOf(colour, paper) >= contrast) return colour;
  }
  return ink;
}

export function lookOf(dice: Dice): Look {
  const [width, height] = dice.pick(sizes);
  const [font, fontBold] = dice.pick(fonts);
  const { paper, ink, accents } = dice.pick(papers);
  const accent = dice.pick(accents);
  const narrow = width / height < 1.5;
  return {
    width,
    height,
    font,
    fontBold,
    paper,
    ink,
    accent,
    soft: shadeOf(paper, ink, 4.8),
    panel: mix(paper, ink, 0.06),
    band: dice.chance(0.25) ? mix(accent, [0, 0, 0], luminance(accent) > 0.2 ? 0.72 : 0.2) : null,
    centred: dice.chance(0.2),
    bullet: dice.pick(["dot", "dash", "none", "number"]),
    footer: dice.chance(0.7),
    titleSize: (font === "Courier" ? 24 : 29) - (narrow ? 3 : 0) + dice.whole(-2, 2),
    bodySize: (font === "Courier" ? 15.5 : 17) + dice.whole(0, 2),
  };
}
export type { Rgb };
