import sharp from "sharp";
import { AppError } from "../../../errors/app-error.ts";

/** How large a picture a family of models makes use of, and what it costs. */
interface PictureRule {
  /** Matched in the model's name. */
  readonly names: RegExp;
  /** Longest sides worth sending, in pixels, best first; smaller ones are taken where room is short. */
  readonly edges: readonly number[];
  readonly tokens: (widthPixels: number, heightPixels: number) => number;
}

const patches =
  (side: number) =>
  (width: number, height: number): number =>
    Math.ceil(width / side) * Math.ceil(height / side);

/** Tiles of one side, at most so many, and one of the whole. */
const tiled =
  (side: number, tokens: number, tilesMax: number) =>
  (width: number, height: number): number =>
    tokens * (1 + Math.min(tilesMax, patches(side)(width, height)));

/**
 * Sources: Meta's model cards of Llama 3.2 Vision (tiles of 560 pixels, four at most) and Llama 4 (336
 * pixels, 144 tokens); InternVL 2's (448 pixels, 256 tokens); LLaVA-NeXT's note of January 2024 (tiles of 336 pixels, 576 tokens each, and one of the whole:
 * at most 2 x 2, or 3 in a row); the Gemma 3 report (896 x 896 pixels, 256 tokens, whatever the
 * picture); Qwen2.5-VL's model card (one token for 28 x 28 pixels) and Qwen3-VL's (32 x 32); Mistral
 * Small 3.1's (28 x 28, up to 1540 pixels, one more token a row); Pixtral's (16 x 16, likewise);
 * MiniCPM-V 2.6's (64 tokens a slice, at most ten).
 */
const rules: readonly PictureRule[] = [
  // Its pictures go in beside the text, by cross-attention: one token stands for each.
  { names: /llama-?3\.2.*vision|mllama/i, edges: [1120, 560], tokens: () => 16 },
  { names: /llama-?4/i, edges: [1344, 1008, 672], tokens: tiled(336, 144, 16) },
  { names: /internvl/i, edges: [1344, 896, 448], tokens: tiled(448, 256, 12) },
  { names: /llava|bakllava/i, edges: [672, 597, 448, 336], tokens: llavaTokens },
  { names: /gemma-?[34]|paligemma|medgemma/i, edges: [896], tokens: () => 260 },
  { names: /qwen-?3(\.5)?|qwen3-?vl/i, edges: [1536, 1152, 896, 640], tokens: patches(32) },
  { names: /qwen/i, edges: [1456, 1120, 896, 616], tokens: patches(28) },
  {
    names: /pixtral/i,
    edges: [1024, 768, 640],
    tokens: (w, h) => patches(16)(w, h) + Math.ceil(h / 16),
  },
  {
    names: /mistral/i,
    edges: [1540, 1120, 784],
    tokens: (w, h) => patches(28)(w, h) + Math.ceil(h / 28),
  },
  { names: /minicpm/i, edges: [1344, 896], tokens: () => 704 },
];

/** A model of no known family: as dear as the dearest usual way of counting. */
const anyRule: PictureRule = {
  names: /^/,
  edges: [1280, 1024, 768, 640],
  tokens: (width, height) => Math.max(768, patches(28)(width, height)),
};

const ruleOf = (model: string): PictureRule =>
  rules.find(({ names }) => names.test(model)) ?? anyRule;

function llavaTokens(width: number, height: number): number {
  const tile = 576;
  if (width <= 336 && height <= 336) return 2 * tile;
  const isStrip = Math.min(width, height) <= 336 && Math.max(width, height) <= 672;
  return isStrip ? 3 * tile : 5 * tile;
}

export interface PictureSize {
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** What the model will count for it. */
  readonly tokens: number;
}

/**
 * The largest size this model makes use of that costs at most `tokensMax`. Pictures are never made
 * larger. Throws MODEL_CONTEXT_OVERFLOW when even the smallest readable one costs more.
 */
export function pictureSize(
  model: string,
  picture: { readonly widthPixels: number; readonly heightPixels: number },
  tokensMax: number,
): PictureSize {
  const rule = ruleOf(model);
  const sizes = rule.edges.map((edge) => sizeAt(picture, edge, rule));
  const found = sizes.find(({ tokens }) => tokens <= tokensMax);
  if (found !== undefined) return found;
  const least = Math.min(...sizes.map(({ tokens }) => tokens));
  throw new AppError(
    "MODEL_CONTEXT_OVERFLOW",
    `The picture needs about ${least} tokens; ${Math.max(0, tokensMax)} are left for it.`,
  );
}

/** The next smaller size of this model, for a server that found the last one too large; null after the smallest. */
export function sizeBelow(
  model: string,
  picture: { readonly widthPixels: number; readonly heightPixels: number },
  { widthPixels }: PictureSize,
): PictureSize | null {
  const rule = ruleOf(model);
  const sizes = rule.edges.map((edge) => sizeAt(picture, edge, rule));
  return sizes.find((size) => size.widthPixels < widthPixels) ?? null;
}

function sizeAt(
  { widthPixels, heightPixels }: { readonly widthPixels: number; readonly heightPixels: number },
  edge: number,
  rule: PictureRule,
): PictureSize {
  const scale = Math.min(1, edge / Math.max(widthPixels, heightPixels));
  const width = Math.max(1, Math.floor(widthPixels * scale));
  const height = Math.max(1, Math.floor(heightPixels * scale));
  return { widthPixels: width, heightPixels: height, tokens: rule.tokens(width, height) };
}

/** The picture in that size, as JPEG. One that has it already goes on untouched. */
export async function resized(
  picture: { readonly jpeg: Buffer; readonly widthPixels: number },
  size: PictureSize,
): Promise<Buffer> {
  if (picture.widthPixels === size.widthPixels) return picture.jpeg;
  return await sharp(picture.jpeg)
    .resize(size.widthPixels, size.heightPixels, { fit: "fill" })
    .jpeg({ quality: 85 })
    .toBuffer();
}
