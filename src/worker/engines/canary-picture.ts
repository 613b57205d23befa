import sharp from "sharp";

/** What a known picture shows: a guess has one chance in nine hundred. */
export const canaryNumber = "417";

/** Strokes of the digits in a box of 10 by 16; drawn, because an image may come without any font. */
const strokes: Record<string, string> = {
  "1": "M2 3 L6 0 L6 16",
  "4": "M8 16 L8 0 L0 11 L10 11",
  "7": "M0 0 L10 0 L4 16",
};

/** A JPEG of digits, large and black on white. */
export function drawNumber(number: string, widthPixels: number): Promise<Buffer> {
  const digits = [...number].map(
    (digit, at) => `<path d="${strokes[digit] ?? ""}" transform="translate(${4 + at * 14} 6)"/>`,
  );
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPixels}" height="${(widthPixels * 2) / 3}" viewBox="0 0 46 28">` +
    `<rect width="46" height="28" fill="white"/>` +
    `<g fill="none" stroke="black" stroke-width="1.8">${digits.join("")}</g></svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: "white" }).jpeg({ quality: 90 }).toBuffer();
}
