import fc from "fast-check";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { createOcr } from "./ocr.ts";
import { onPage, pictureRegions, wholePage } from "./ocr-regions.ts";

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe("regions of a page that are pictures", () => {
  it("are one for tiles of one picture, none for icons, all for pictures that fill the page", () => {
    const tiles = [box(0.1, 0.1, 0.2, 0.1), box(0.1, 0.2, 0.2, 0.1), box(0.1, 0.3, 0.2, 0.1)];
    expect(pictureRegions(tiles)).toHaveLength(1);
    expect(pictureRegions([...tiles, box(0.7, 0.1, 0.2, 0.2)])).toHaveLength(2);
    expect(pictureRegions([box(0.5, 0.5, 0.03, 0.03), box(0, 0.5, 1, 0.004)])).toEqual([]);
    expect(pictureRegions([box(-0.1, -0.1, 1.3, 1.3)])).toEqual([wholePage]);
  });

  it("lie on the page, none over another, and hold every picture that is no icon", () => {
    const side = fc.double({ min: -0.2, max: 0.9, noNaN: true });
    const size = fc.double({ min: 0.1, max: 0.5, noNaN: true });
    const images = fc.array(fc.record({ x: side, y: side, width: size, height: size }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(images, (given) => {
        const regions = pictureRegions(given);
        for (const [at, one] of regions.entries()) {
          expect(Math.min(one.x, one.y)).toBeGreaterThanOrEqual(0);
          expect(Math.max(one.x + one.width, one.y + one.height)).toBeLessThanOrEqual(1 + 1e-9);
          for (const other of regions.slice(at + 1)) {
            const apart =
              one.x + one.width <= other.x ||
              other.x + other.width <= one.x ||
              one.y + one.height <= other.y ||
              other.y + other.height <= one.y;
            expect(apart).toBe(true);
          }
        }
        for (const { x, y, width, height } of given) {
          const [middleX, middleY] = [x + width / 2, y + height / 2];
          // What lies half outside may leave an icon on the page.
          if (Math.min(x, y) < 0 || Math.max(x + width, y + height) > 1) continue;
          const isHeld = regions.some(
            (one) =>
              one.x <= middleX &&
              middleX <= one.x + one.width &&
              one.y <= middleY &&
              middleY <= one.y + one.height,
          );
          expect(isHeld).toBe(true);
        }
      }),
    );
  });
});

describe("a picture on a slide", () => {
  const ocr = createOcr({ pageMs: 60_000, startMs: 60_000, keptMax: 4 });
  afterAll(() => ocr.close());
  const signal = new AbortController().signal;

  /** A busy ground without one colour, as a photo has it, in the right half of a white slide. */
  async function slide(words: string): Promise<Buffer> {
    const [width, height] = [640, 720];
    const noise = Buffer.alloc(width * height * 3);
    let seed = 7;
    for (let at = 0; at < noise.length; at += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      const x = Math.floor(at / 3) % width;
      const y = Math.floor(at / 3 / width);
      const wave = 60 + 40 * Math.sin(x / 23) + 40 * Math.cos(y / 31 + x / 57);
      noise[at] = Math.max(0, Math.min(190, wave + (seed / 2_147_483_648) * 50));
    }
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="720" font-family="sans-serif" font-weight="bold" fill="white"><text x="40" y="340" font-size="54">${words}</text></svg>`;
    const photo = await sharp(noise, { raw: { width, height, channels: 3 } })
      .composite([{ input: Buffer.from(svg) }])
      .png()
      .toBuffer();
    const text = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="720" font-family="sans-serif"><text x="40" y="200" font-size="40">Text of the layer</text></svg>`;
    return await sharp({ create: { width: 1280, height: 720, channels: 3, background: "white" } })
      .composite([
        { input: Buffer.from(text), left: 0, top: 0 },
        { input: photo, left: 640, top: 0 },
      ])
      .jpeg({ quality: 85 })
      .toBuffer();
  }

  it("is read alone, white letters on a photo too, and its lines lie where the letters are", async () => {
    const region = box(0.5, 0, 0.5, 1);
    const lines = await ocr.read(await slide("Nordhafen Crates"), signal, "eng", [region]);
    expect(lines.map(({ text }) => text)).toEqual(["Nordhafen Crates"]);
    const [line] = lines;
    expect(line?.x).toBeGreaterThan(0.5);
    expect(line?.y).toBeGreaterThan(0.38);
    expect((line?.y ?? 1) + (line?.height ?? 1)).toBeLessThan(0.5);
    expect(onPage({ ...box(0, 0, 1, 1), size: 0.1 }, region)).toMatchObject(region);
  }, 60_000);
});
