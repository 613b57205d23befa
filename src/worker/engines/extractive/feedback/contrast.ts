import sharp from "sharp";
import type { TextLine } from "../../../../pdf/types.ts";
import type { MeasuredLine } from "./page.ts";

/** Letters lower than this many pixels are mostly edge: their colour cannot be told. */
const heightPixelsMin = 13;
/** Of the pixels, these lie at the middle of strokes; fewer would be noise of the JPEG. */
const farthestShare = 0.01;
const linesMax = 100;
const samplesMax = 2500;

interface Picture {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

const linear = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});

/** WCAG 2: relative luminance of the pixel, 0..1. */
function luminance(data: Buffer, at: number): number {
  const part = (offset: number): number => linear[data[at + offset] ?? 0] ?? 0;
  return 0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2);
}

const ratio = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

function sample(picture: Picture, line: TextLine): Float64Array {
  const { data, width, height } = picture;
  const x0 = Math.max(0, Math.floor(line.x * width));
  const x1 = Math.min(width, Math.ceil((line.x + line.width) * width));
  const y0 = Math.max(0, Math.floor(line.y * height));
  const y1 = Math.min(height, Math.ceil((line.y + line.height) * height));
  const step = Math.max(1, Math.floor(Math.sqrt(((x1 - x0) * (y1 - y0)) / samplesMax)));
  const values: number[] = [];
  for (let y = y0; y < y1; y += step) {
    for (let x = x0; x < x1; x += step) values.push(luminance(data, (y * width + x) * 3));
  }
  return Float64Array.from(values).sort();
}

/**
 * Contrast of a line: its ground is the most frequent brightness, its letters the end of the range
 * that lies farther from the ground. null on photos and gradients, where there is no one ground.
 */
export function contrastIn(values: Float64Array): number | null {
  if (values.length < 60) return null;
  const bins = new Uint32Array(32);
  for (const value of values) {
    // Brightness as the eye sees it, so that dark grounds get bins of their own.
    const bin = Math.min(31, Math.floor(Math.sqrt(value) * 32));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const main = bins.indexOf(Math.max(...bins));
  const near = (bins[main - 1] ?? 0) + (bins[main] ?? 0) + (bins[main + 1] ?? 0);
  if (near / values.length < 0.45) return null;
  const ground = ((main + 0.5) / 32) ** 2;
  const middle = [...values].filter((value) => Math.abs(Math.sqrt(value) * 32 - main - 0.5) < 1.5);
  const base = middle[middle.length >> 1] ?? ground;
  const end = Math.max(1, Math.floor(values.length * farthestShare));
  const dark = values[end] ?? 0;
  const light = values[values.length - 1 - end] ?? 1;
  const found = Math.max(ratio(base, dark), ratio(base, light));
  // Nothing but ground: the letters are elsewhere, or as good as invisible.
  return found < 1.08 ? null : found;
}

/** Measures each line on the page's JPEG. */
export async function measureContrast(
  jpeg: Buffer,
  lines: readonly TextLine[],
): Promise<MeasuredLine[]> {
  const { data, info } = await sharp(jpeg)
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = { data, width: info.width, height: info.height };
  return lines.slice(0, linesMax).map((line) => {
    const tall = Math.min(line.size, line.height * 1.4) * info.height;
    const contrast = tall < heightPixelsMin ? null : contrastIn(sample(picture, line));
    return { line, contrast, pixels: tall };
  });
}
