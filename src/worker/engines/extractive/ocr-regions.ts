import type { Box } from "../../../pdf/types.ts";

export const wholePage: Box = { x: 0, y: 0, width: 1, height: 1 };
/** A smaller picture is an icon. */
const areaMin = 0.008;
const sideMin = 0.02;
/** Regions that fill this much of the page are read as one: it costs no more. */
const wholeFrom = 0.8;
/** Room around letters that touch the edge of their picture. */
const margin = 0.006;

const right = (box: Box): number => box.x + box.width;
const bottom = (box: Box): number => box.y + box.height;

function between(x: number, y: number, toX: number, toY: number): Box {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  return { x: left, y: top, width: Math.min(1, toX) - left, height: Math.min(1, toY) - top };
}

const padded = (box: Box): Box =>
  between(box.x - margin, box.y - margin, right(box) + margin, bottom(box) + margin);
const union = (a: Box, b: Box): Box =>
  between(
    Math.min(a.x, b.x),
    Math.min(a.y, b.y),
    Math.max(right(a), right(b)),
    Math.max(bottom(a), bottom(b)),
  );
const touches = (a: Box, b: Box): boolean =>
  a.x < right(b) && b.x < right(a) && a.y < bottom(b) && b.y < bottom(a);

/**
 * Where the pictures of a page lie, as fractions of the page and none over another: tiles of one picture
 * are one region. Icons are left out; pictures that fill the page make it one region as a whole.
 */
export function pictureRegions(images: readonly Box[]): Box[] {
  const regions: Box[] = [];
  for (const image of images) {
    const seen = between(image.x, image.y, right(image), bottom(image));
    if (Math.min(seen.width, seen.height) < sideMin) continue;
    let region = padded(seen);
    for (let at = regions.findIndex((one) => touches(one, region)); at >= 0; ) {
      region = union(region, regions.splice(at, 1)[0] ?? region);
      at = regions.findIndex((one) => touches(one, region));
    }
    regions.push(region);
  }
  const large = regions.filter(({ width, height }) => width * height >= areaMin);
  const area = large.reduce((sum, { width, height }) => sum + width * height, 0);
  return area >= wholeFrom ? [wholePage] : large;
}

/** A line read in a region, where it lies on the page. */
export const onPage = <T extends Box & { readonly size: number }>(line: T, region: Box): T => ({
  ...line,
  x: region.x + line.x * region.width,
  y: region.y + line.y * region.height,
  width: line.width * region.width,
  height: line.height * region.height,
  size: line.size * region.height,
});
