import sharp from "sharp";
import { afterEach, describe, expect, it } from "vitest";
import { createOcr, type Ocr } from "./ocr.ts";
import { linesOf, mergeReadings } from "./ocr-lines.ts";
import { largeLetterPictures, preparePictures } from "./ocr-picture.ts";
import type { OcrRawLine, OcrThread } from "./ocr-thread.ts";

const rawLine = (...words: [string, number, number?][]): OcrRawLine => ({
  words: words.map(([text, x0, confidence = 95]) => ({
    text,
    confidence,
    bbox: { x0, y0: 100, x1: x0 + text.length * 10, y1: 120 },
  })),
});
const never = new AbortController().signal;
const open: Ocr[] = [];
afterEach(async () => {
  for (const ocr of open.splice(0)) await ocr.close();
});

const picture = (shade: number) =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: `rgb(${shade},255,255)` } })
    .jpeg()
    .toBuffer();

/** A reader whose threads do as told: each start takes the next behaviour. */
function reader(...behaviours: (() => Promise<readonly OcrRawLine[]>)[]) {
  const seen = { started: 0, ended: 0, running: 0, most: 0 };
  const start = async (): Promise<OcrThread> => {
    const behave = behaviours[Math.min(seen.started, behaviours.length - 1)];
    seen.started++;
    return {
      async recognize() {
        seen.running++;
        seen.most = Math.max(seen.most, seen.running);
        try {
          return (await behave?.()) ?? [];
        } finally {
          seen.running--;
        }
      },
      async end() {
        seen.ended++;
      },
    };
  };
  const ocr = createOcr({ pageMs: 2000, startMs: 2000, keptMax: 2, start });
  open.push(ocr);
  return { ocr, seen };
}
const hello = async () => [rawLine(["Hello", 10])];

describe("the reader", () => {
  it("reads one page at a time with one thread, and a known picture only once", async () => {
    const { ocr, seen } = reader(hello);
    const [first, second] = await Promise.all([picture(250), picture(240)]);
    const read = await Promise.all(
      [first, second, first].map((jpeg) => ocr.read(jpeg as Buffer, never)),
    );
    expect(read.map((lines) => lines[0]?.text)).toEqual(["Hello", "Hello", "Hello"]);
    expect(read[2]).toBe(read[0]);
    expect(seen).toMatchObject({ started: 1, most: 1 });
  });

  it("reads a known picture again once it was told to forget", async () => {
    let reads = 0;
    const { ocr } = reader(async () => {
      reads++;
      return hello();
    });
    const jpeg = await picture(250);
    await ocr.read(jpeg, never);
    const once = reads;
    ocr.forget();
    await ocr.read(jpeg, never);
    expect(reads).toBe(2 * once);
  });

  it("ends a thread that passes its limit and starts a fresh one for the next page", async () => {
    const { ocr, seen } = reader(() => new Promise(() => {}), hello);
    const jpeg = await picture(250);
    await expect(ocr.read(jpeg, never)).rejects.toMatchObject({ code: "OCR_FAILED" });
    expect(seen.ended).toBe(1);
    expect((await ocr.read(jpeg, never))[0]?.text).toBe("Hello");
    expect(seen.started).toBe(2);
  });

  it("starts afresh after a thread that died", async () => {
    const { ocr } = reader(async () => Promise.reject(new Error("out of memory")), hello);
    const jpeg = await picture(250);
    await expect(ocr.read(jpeg, never)).rejects.toMatchObject({ code: "OCR_FAILED" });
    expect((await ocr.read(jpeg, never))[0]?.text).toBe("Hello");
  });

  it("is closed at once while a thread hangs at its start", async () => {
    let stopped = false;
    const start = (signal: AbortSignal) =>
      new Promise<OcrThread>((_, reject) => {
        signal.addEventListener("abort", () => {
          stopped = true;
          reject(new Error("stopped"));
        });
      });
    const ocr = createOcr({ pageMs: 5000, startMs: 5000, keptMax: 2, start });
    const read = ocr.read(await picture(250), never);
    const failed = expect(read).rejects.toMatchObject({ code: "OCR_FAILED" });
    await Promise.resolve();
    await ocr.close();
    await failed;
    expect(stopped).toBe(true);
  });

  it("reads a page again in the language that its first reading shows", async () => {
    const german = "die Daten der Kunden und das Werk sind nicht für uns".split(" ");
    const started: string[] = [];
    const start = async (_signal: AbortSignal, language: string): Promise<OcrThread> => {
      started.push(language);
      const words = german.map((word, at): [string, number] => [word, 10 + at * 60]);
      return {
        recognize: async () => [rawLine(...words)],
        end: async () => undefined,
      };
    };
    const ocr = createOcr({ pageMs: 5000, startMs: 5000, keptMax: 2, start });
    await ocr.read(await picture(250), never);
    expect(started).toEqual(["eng", "deu"]);
    await ocr.read(await picture(240), never, { language: "fra" });
    expect(started).toEqual(["eng", "deu", "fra"]);
    await ocr.close();
  });

  it("does not read for a caller that has gone, and stays usable", async () => {
    const { ocr, seen } = reader(hello);
    await expect(ocr.read(await picture(250), AbortSignal.abort())).rejects.toThrow();
    expect(seen.started).toBe(0);
    expect((await ocr.read(await picture(250), never))[0]?.text).toBe("Hello");
  });

  it("refuses bytes that are no picture", async () => {
    const { ocr } = reader(hello);
    const wrong = Buffer.from("no picture");
    await expect(ocr.read(wrong, never)).rejects.toMatchObject({ code: "OCR_FAILED" });
  });

  it("is closed twice without harm and refuses pages then", async () => {
    const { ocr, seen } = reader(hello);
    await ocr.read(await picture(250), never);
    await ocr.close();
    await ocr.close();
    expect(seen.ended).toBe(1);
    await expect(ocr.read(await picture(200), never)).rejects.toMatchObject({ code: "OCR_FAILED" });
  });
});

describe("read lines", () => {
  it("cut at the hole between two columns and drop specks", () => {
    const lines = linesOf(
      [rawLine(["Market", 10], ["size", 80], ["$4M", 500], ["~", 600, 90])],
      1000,
      500,
    );
    expect(lines.map(({ text }) => text)).toEqual(["Market size", "$4M"]);
    expect(lines[0]).toMatchObject({ x: 0.01, y: 0.2 });
    expect(linesOf([rawLine(["|", 10], ["ii", 40, 50], ["€", 60])], 1000, 500)).toEqual([]);
  });

  it("keep the better of two readings and add what only the second found", () => {
    const first = linesOf([rawLine(["8am", 10, 60]), rawLine(["Title", 400])], 1000, 500);
    const second = linesOf([rawLine(["84M", 10, 96]), rawLine(["$500K", 700])], 1000, 500);
    expect(mergeReadings(first, second).map(({ text }) => text)).toEqual(["84M", "Title", "$500K"]);
  });
});

it("takes the whole word for a part of it", () => {
  const part = linesOf([rawLine(["Works", 40])], 1000, 500);
  const whole = linesOf([rawLine(["LampWorks", 10])], 1000, 500);
  expect(mergeReadings(part, whole).map(({ text }) => text)).toEqual(["LampWorks"]);
});

it("shows what is white, and what is black, alone", async () => {
  const stripes = ["#ffffff", "#808080", "#000000"].map((background, at) => ({
    input: { create: { width: 40, height: 40, channels: 3 as const, background } },
    left: 40 * at,
    top: 0,
  }));
  const jpeg = await sharp({
    create: { width: 240, height: 40, channels: 3, background: "#20a030" },
  })
    .composite(stripes)
    .jpeg({ quality: 100 })
    .toBuffer();
  const { bright, dark } = await largeLetterPictures(jpeg);
  const inked = ({ pnm, width, height }: typeof dark): boolean[] =>
    [20, 60, 100].map((x) => (pnm[pnm.length - width * height + 20 * width + x] ?? 0) < 40);
  expect(bright && inked(bright)).toEqual([true, false, false]);
  expect(inked(dark)).toEqual([false, false, true]);
});

describe("prepared pictures", () => {
  const slide = (panel: string) =>
    sharp({ create: { width: 400, height: 300, channels: 3, background: "white" } })
      .composite([
        {
          input: { create: { width: 200, height: 200, channels: 3, background: panel } },
          left: 100,
          top: 50,
        },
      ])
      .jpeg()
      .toBuffer();

  it("level panels only where there are any", async () => {
    expect((await preparePictures(await slide("#f4f4f4"))).levelled).toBeNull();
    expect((await preparePictures(await slide("#20a030"))).levelled).not.toBeNull();
  });

  it("make the inside of a panel as light as the page", async () => {
    const { levelled } = await preparePictures(await slide("#20a030"));
    if (!levelled) throw new Error("not levelled");
    const { pnm, width, height } = levelled;
    const middle = pnm[pnm.length - width * height + Math.floor(height / 2) * width + width / 2];
    expect(middle).toBeGreaterThan(240);
  });
});
