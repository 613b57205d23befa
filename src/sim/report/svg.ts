import { escaped } from "./words.ts";

/** From values to pixels, with round values to label. */
export interface Scale {
  (value: number): number;
  readonly ticks: readonly number[];
}

/**
 * A linear scale from 0 to a round value at or above `max`, over the pixels from `start` to `end`.
 * @param count of ticks, about
 */
export function scaleTo(max: number, start: number, end: number, count: number): Scale {
  const step = roundStep((max > 0 ? max : 1) / count);
  const top = Math.max(1, Math.ceil((max > 0 ? max : 1) / step - 1e-9)) * step;
  const scale = (value: number): number => start + ((end - start) * value) / top;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return Object.assign(scale, { ticks });
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

/** Steps of time that people read: up to a minute by seconds, then by minutes, hours, days. */
export function timeScaleTo(maxMs: number, start: number, end: number, count: number): Scale {
  const rough = (maxMs > 0 ? maxMs : 1) / count;
  const stepMs = timeSteps.find((step) => step >= rough) ?? roundStep(rough);
  const top = Math.max(1, Math.ceil(maxMs / stepMs - 1e-9)) * stepMs;
  const scale = (value: number): number => start + ((end - start) * value) / top;
  const ticks = Array.from({ length: Math.round(top / stepMs) + 1 }, (_, index) => index * stepMs);
  return Object.assign(scale, { ticks });
}

const timeSteps = [
  ...[1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1_800],
  ...[3_600, 7_200, 14_400, 21_600, 43_200, 86_400],
].map((seconds) => seconds * 1_000);

/** Pixels to a tenth: more digits only make the file longer. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

export interface Picture {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** What can be seen, for those who do not see it. */
  readonly description: string;
  readonly body: string;
}

/** A picture that grows with its place and is told by its title and description. */
export function picture({ id, width, height, title, description, body }: Picture): string {
  const labels = `<title id="${id}-t">${escaped(title)}</title><desc id="${id}-d">${escaped(description)}</desc>`;
  return `<svg viewBox="0 0 ${width} ${px(height)}" role="img" aria-labelledby="${id}-t" aria-describedby="${id}-d">${labels}${body}</svg>`;
}

export const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" class="${kind}"/>`;

export const label = (x: number, y: number, text: string, kind = "", anchor = "start"): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}"${kind === "" ? "" : ` class="${kind}"`}>${escaped(text)}</text>`;

/** Shapes beside colours, so that a curve is known without its colour. */
const shapes: readonly ((x: number, y: number, r: number) => string)[] = [
  (x, y, r) => `<circle cx="${px(x)}" cy="${px(y)}" r="${px(r)}"`,
  (x, y, r) =>
    `<rect x="${px(x - r * 0.9)}" y="${px(y - r * 0.9)}" width="${px(r * 1.8)}" height="${px(r * 1.8)}"`,
  (x, y, r) =>
    `<path d="M${px(x)} ${px(y - r * 1.15)}L${px(x + r * 1.1)} ${px(y + r * 0.8)}L${px(x - r * 1.1)} ${px(y + r * 0.8)}Z"`,
  (x, y, r) =>
    `<path d="M${px(x)} ${px(y - r * 1.25)}L${px(x + r * 1.25)} ${px(y)}L${px(x)} ${px(y + r * 1.25)}L${px(x - r * 1.25)} ${px(y)}Z"`,
  (x, y, r) =>
    `<path d="M${px(x)} ${px(y + r * 1.15)}L${px(x + r * 1.1)} ${px(y - r * 0.8)}L${px(x - r * 1.1)} ${px(y - r * 0.8)}Z"`,
];

/** A mark of the n-th series, with words that show when it is pointed at. */
export function mark(series: number, x: number, y: number, r: number, hint: string): string {
  const shape = shapes[series % shapes.length] ?? shapes[0];
  return `${shape?.(x, y, r)} class="mark s${series % seriesColours}"><title>${escaped(hint)}</title>${closing(series)}`;
}

/** Colours of the style sheet: `s0` to `s6`. */
export const seriesColours = 7;

const closing = (series: number): string =>
  ["</circle>", "</rect>", "</path>", "</path>", "</path>"][series % shapes.length] ?? "";
