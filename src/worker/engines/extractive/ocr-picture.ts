import sharp, { type Sharp } from "sharp";
import type { Box } from "../../../pdf/types.ts";
import { wholePage } from "./ocr-regions.ts";

/** A grey picture as PNM bytes: the recognizer reads it without any decoding. */
export interface GreyPicture {
  readonly pnm: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface OcrPictures {
  /** Grey, contrast stretched: right for dark text on one light ground. */
  readonly plain: GreyPicture;
  /** Distance from the local ground: text in panels, circles and dark slides; null when not needed. */
  readonly levelled: GreyPicture | null;
  /** Black where all colours are bright: white letters on a photo; null where there are hardly any, or too many. */
  readonly bright: GreyPicture | null;
}

/** Letters of 8-point footnotes are about 20 pixels high at this edge; more costs time and gains little. */
const longEdge = 2000;
const enlargementMax = 3;
/** At this edge the letters of a logo are no larger than the recognizer takes for text. */
const smallEdge = 1000;
/** Of a part of the page: its letters come out as high as those of a page at its long edge, or a little higher. */
const partEnlargement = 2;
const block = 24;
/** A ground this far from the slide's main ground counts as a panel. */
const panelDistance = 48;
const panelShareMin = 0.015;
/** White letters cover so much of a photo; less is a glint, more is a light ground. */
const brightShares = [0.003, 0.25] as const;
const brightFrom = 205;

interface Rgb {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Ground colour by block: the middle value of each channel, so that letters do not count. */
interface Ground {
  readonly columns: number;
  readonly rows: number;
  readonly colours: Uint8Array;
}

const header = (width: number, height: number): Buffer =>
  Buffer.from(`P5\n${width} ${height}\n255\n`, "latin1");

function greyPicture(width: number, height: number): { picture: GreyPicture; grey: Uint8Array } {
  const head = header(width, height);
  const pnm = new Uint8Array(head.length + width * height);
  pnm.set(head);
  return { picture: { pnm, width, height }, grey: pnm.subarray(head.length) };
}

const medianOf = (values: Uint8Array, count: number): number =>
  values.subarray(0, count).sort()[count >> 1] ?? 0;

function groundOf({ data, width, height }: Rgb): Ground {
  const columns = Math.ceil(width / block);
  const rows = Math.ceil(height / block);
  const colours = new Uint8Array(columns * rows * 3);
  const sample = [0, 1, 2].map(() => new Uint8Array((block / 2) ** 2));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let count = 0;
      const yEnd = Math.min(height, (row + 1) * block);
      const xEnd = Math.min(width, (column + 1) * block);
      for (let y = row * block; y < yEnd; y += 2) {
        for (let x = column * block; x < xEnd; x += 2, count++) {
          const at = (y * width + x) * 3;
          for (let channel = 0; channel < 3; channel++) {
            const values = sample[channel];
            if (values) values[count] = data[at + channel] ?? 0;
          }
        }
      }
      sample.forEach((values, channel) => {
        colours[(row * columns + column) * 3 + channel] = medianOf(values, count);
      });
    }
  }
  return smoothed({ columns, rows, colours });
}

/** A large letter can fill its block: the middle of the neighbourhood puts the ground back. */
function smoothed(ground: Ground): Ground {
  const { columns, rows } = ground;
  const colours = new Uint8Array(ground.colours.length);
  const near = new Uint8Array(25);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let channel = 0; channel < 3; channel++) {
        let count = 0;
        for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
          for (let x = Math.max(0, column - 2); x <= Math.min(columns - 1, column + 2); x++) {
            near[count++] = ground.colours[(y * columns + x) * 3 + channel] ?? 0;
          }
        }
        colours[(row * columns + column) * 3 + channel] = medianOf(near, count);
      }
    }
  }
  return { columns, rows, colours };
}

/** Share of blocks whose ground is far from white and from the slide's main light ground. */
function panelShare({ columns, rows, colours }: Ground): number {
  let panels = 0;
  for (let index = 0; index < columns * rows; index++) {
    const lowest = Math.min(
      colours[index * 3] ?? 0,
      colours[index * 3 + 1] ?? 0,
      colours[index * 3 + 2] ?? 0,
    );
    if (lowest < 255 - 2 * panelDistance) panels++;
  }
  return panels / (columns * rows);
}

const luma = (data: Buffer, at: number): number =>
  ((data[at] ?? 0) * 77 + (data[at + 1] ?? 0) * 151 + (data[at + 2] ?? 0) * 28) >> 8;

/** Stretches between the 1st and the 99th hundredth. */
function plainOf({ data, width, height }: Rgb): GreyPicture {
  const { picture, grey } = greyPicture(width, height);
  const counts = new Uint32Array(256);
  for (let index = 0; index < grey.length; index++) {
    const value = luma(data, index * 3);
    grey[index] = value;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  const edge = grey.length / 100;
  let low = 0;
  for (let sum = counts[0] ?? 0; sum < edge && low < 255; sum += counts[++low] ?? 0);
  let high = 255;
  for (let sum = counts[255] ?? 0; sum < edge && high > 0; sum += counts[--high] ?? 0);
  if (high - low < 40) return picture;
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.max(0, Math.min(255, Math.round(((value - low) * 255) / (high - low)))),
  );
  for (let index = 0; index < grey.length; index++) grey[index] = table[grey[index] ?? 0] ?? 0;
  return picture;
}

/** Dark where a pixel differs from the ground around it, whatever the colours are. */
function levelledOf({ data, width, height }: Rgb, ground: Ground): GreyPicture {
  const { picture, grey } = greyPicture(width, height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / block) * ground.columns;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const own = (row + Math.floor(x / block)) * 3;
      const red = Math.abs((data[at] ?? 0) - (ground.colours[own] ?? 0));
      const green = Math.abs((data[at + 1] ?? 0) - (ground.colours[own + 1] ?? 0));
      const blue = Math.abs((data[at + 2] ?? 0) - (ground.colours[own + 2] ?? 0));
      grey[y * width + x] = Math.max(0, 255 - Math.round(Math.max(red, green, blue) * 1.5));
    }
  }
  return picture;
}

/** White letters as black ones. The darkest channel counts: yellow sand and blue sky are no white. */
function brightOf({ data, width, height }: Rgb): GreyPicture | null {
  const { picture, grey } = greyPicture(width, height);
  let bright = 0;
  for (let index = 0; index < grey.length; index++) {
    const at = index * 3;
    const lowest = Math.min(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    if (lowest >= brightFrom) bright++;
    // Soft edges keep the shape of thin strokes.
    grey[index] = 255 - Math.max(0, Math.min(255, (lowest - brightFrom + 40) * 4));
  }
  const [least, most] = brightShares;
  const share = bright / grey.length;
  return share >= least && share <= most ? picture : null;
}

function pixelsOf(box: Box, width: number, height: number) {
  const left = Math.min(width - 1, Math.floor(box.x * width));
  const top = Math.min(height - 1, Math.floor(box.y * height));
  return {
    left,
    top,
    width: Math.max(1, Math.min(width - left, Math.ceil(box.width * width))),
    height: Math.max(1, Math.min(height - top, Math.ceil(box.height * height))),
  };
}

/**
 * Prepares a page's picture for reading, or the part of it that lies in `region` (fractions of the page).
 * Throws what sharp throws on bytes that are no picture.
 */
export async function preparePictures(jpeg: Buffer, region = wholePage): Promise<OcrPictures> {
  const { width = longEdge, height = longEdge } = await sharp(jpeg).metadata();
  const part = pixelsOf(region, width, height);
  const isPart = part.width < width || part.height < height;
  const enlargement = isPart ? partEnlargement : enlargementMax;
  const edge = Math.min(longEdge, enlargement * Math.max(part.width, part.height));
  const rgb = await rgbOf(sharp(jpeg).extract(part), edge);
  const ground = groundOf(rgb);
  const levelled = panelShare(ground) >= panelShareMin ? levelledOf(rgb, ground) : null;
  return { plain: plainOf(rgb), levelled, bright: brightOf(rgb) };
}

/**
 * A page on which next to nothing was read, small: large letters are then as high as those of a text.
 * Throws what sharp throws on bytes that are no picture.
 */
export async function smallPicture(jpeg: Buffer): Promise<GreyPicture> {
  return plainOf(await rgbOf(sharp(jpeg), smallEdge));
}

/** Raw colours, fitted into `edge` pixels. */
async function rgbOf(picture: Sharp, edge: number): Promise<Rgb> {
  const { data, info } = await picture
    .resize({ width: edge, height: edge, fit: "inside" })
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
