import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PDFDocument from "pdfkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { defaultPdfLimits, openPdf, type PdfDocument, probe } from "./index.ts";

let folder: string;
const opened: PdfDocument[] = [];
const isLinux = process.platform === "linux";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotlight-pdf-"));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((document) => document.close()));
  if (isLinux) expect(await readersOf(process.pid)).toEqual([]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Faults of the built-in renderer are seen as they are, whatever else is installed. */
const alone = { ...defaultPdfLimits, fallbackMs: 0 };
const open: typeof openPdf = async (file, limits = alone, options) => {
  const document = await openPdf(file, limits, options);
  opened.push(document);
  return document;
};

async function make(
  draw: (pdf: PDFKit.PDFDocument) => void,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<string> {
  const pdf = new PDFDocument({ size: [960, 540], margin: 0, ...options });
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = once(pdf, "end");
  draw(pdf);
  pdf.end();
  await ended;
  return save(Buffer.concat(chunks));
}

let files = 0;
async function save(bytes: Buffer | string): Promise<string> {
  files += 1;
  const file = join(folder, `${files}.pdf`);
  await writeFile(file, bytes);
  return file;
}

const sentence = (pdf: PDFKit.PDFDocument): void => {
  pdf.font("Helvetica-Bold").fontSize(54).text("Raising now", 96, 54, { lineBreak: false });
};

/** Page 1 is good; on page 2 two forms draw each other twice, which never ends. */
const endless = `%PDF-1.7
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 200 100]>> endobj
3 0 obj <</Type/Page/Parent 2 0 R>> endobj
4 0 obj <</Type/Page/Parent 2 0 R/Resources 7 0 R/Contents 5 0 R>> endobj
5 0 obj <</Length 5>> stream
/A Do
endstream endobj
6 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources 7 0 R/Length 12>> stream
/B Do /B Do
endstream endobj
7 0 obj <</XObject <</A 6 0 R/B 8 0 R>>>> endobj
8 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources 7 0 R/Length 12>> stream
/A Do /A Do
endstream endobj
trailer <</Root 1 0 R>>
%%EOF`;

/** Reader processes started by a process. A reader that ended but was not yet reaped has no name. */
async function readersOf(pid: number): Promise<number[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    all.map(async (each) => {
      const stat = await readFile(`/proc/${each}/stat`, "utf8").catch(() => "");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return parent === pid && (await isReader(each)) ? [each] : [];
    }),
  );
  return found.flat();
}

const isReader = async (pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).includes("/pdf/child.");

describe("reading", () => {
  it("gives text with its box, size and weight", async () => {
    const document = await open(await make(sentence));
    const { facts, jpeg, widthPixels, heightPixels } = await document.render(1, 1600);
    expect([widthPixels, heightPixels]).toEqual([1600, 900]);
    expect(jpeg.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(facts).toMatchObject({ page: 1, widthPoints: 960, heightPoints: 540, characters: 10 });
    expect(facts).toMatchObject({ unmapped: 0, fontsMissing: false, images: [], paths: 0 });
    const [line] = facts.lines;
    expect(line).toMatchObject({ text: "Raising now", bold: true });
    expect(line?.size).toBeCloseTo(0.1, 3);
    expect(line?.x).toBeCloseTo(0.1, 2);
    expect(line?.y).toBeCloseTo(0.1, 1);
  });

  it("tells pictures by their boxes and counts drawn paths", async () => {
    const pixel = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const file = await make((pdf) => {
      pdf.image(pixel, 240, 270, { width: 480, height: 135 });
      pdf.rect(10, 10, 50, 50).fill("#cc0000").circle(200, 100, 20).stroke("#00cc00");
    });
    const { facts } = await (await open(file)).render(1, 400);
    expect(facts.paths).toBe(2);
    expect(facts.images).toHaveLength(1);
    expect(facts.images[0]?.x).toBeCloseTo(0.25, 3);
    expect(facts.images[0]?.y).toBeCloseTo(0.5, 3);
    expect(facts.images[0]?.width).toBeCloseTo(0.5, 3);
    expect(facts.images[0]?.height).toBeCloseTo(0.25, 3);
  });

  it("measures a turned page as it is shown", async () => {
    const file = await make((pdf) => {
      sentence(pdf);
      (pdf.page.dictionary as unknown as { data: Record<string, unknown> }).data.Rotate = 90;
    });
    const rendered = await (await open(file)).render(1, 960);
    expect([rendered.widthPixels, rendered.heightPixels]).toEqual([540, 960]);
    expect(rendered.facts).toMatchObject({ widthPoints: 540, heightPoints: 960 });
    const [line] = rendered.facts.lines;
    expect(line?.text).toBe("Raising now");
    // The upper left corner of the stored page is now the upper right one.
    expect((line?.x ?? 0) + (line?.width ?? 0)).toBeCloseTo(0.9, 1);
    expect(line?.y).toBeCloseTo(0.1, 2);
    expect(line?.height).toBeGreaterThan(line?.width ?? 1);
  });

  it("reads text that is turned on the page", async () => {
    const file = await make((pdf) => {
      pdf.rotate(-90, { origin: [100, 400] }).fontSize(20);
      pdf.text("Patients treated", 100, 400, { lineBreak: false });
    });
    const [line] = (await (await open(file)).render(1, 400)).facts.lines;
    expect(line?.text).toBe("Patients treated");
    expect(line?.x).toBeCloseTo(100 / 960, 2);
    expect((line?.y ?? 0) + (line?.height ?? 0)).toBeCloseTo(400 / 540, 2);
  });

  it("opens a file that only its owner may change", async () => {
    const file = await make(sentence, { ownerPassword: "secret", pdfVersion: "1.7" });
    expect((await (await open(file)).render(1, 300)).facts.lines[0]?.text).toBe("Raising now");
  });

  it("refuses a file that needs a password", async () => {
    const file = await make(sentence, { userPassword: "secret", pdfVersion: "1.7" });
    await expect(probe(file)).rejects.toMatchObject({ code: "PDF_ENCRYPTED" });
  });

  it("counts the pages and names the bytes by their hash", async () => {
    const file = await save(endless);
    expect(await probe(file)).toEqual({
      pages: 2,
      bytes: endless.length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe("refusals before a reader starts", () => {
  it.each([
    ["EMPTY_FILE", "", {}],
    ["NOT_A_PDF", "PK\u0003\u0004 something else", {}],
    ["FILE_TOO_LARGE", "%PDF-1.7 and more", { bytesMax: 10 }],
  ])("says %s", async (code, content, limits) => {
    const file = await save(content);
    await expect(probe(file, { ...defaultPdfLimits, ...limits })).rejects.toMatchObject({ code });
  });

  it("says DOCUMENT_UNAVAILABLE for a file that is not there", async () => {
    const missing = probe(join(folder, "none.pdf"));
    await expect(missing).rejects.toMatchObject({ code: "DOCUMENT_UNAVAILABLE" });
  });
});

describe("limits", () => {
  it("refuses more pages than allowed", async () => {
    const limits = { ...defaultPdfLimits, pagesMax: 1 };
    const refused = probe(await save(endless), limits);
    await expect(refused).rejects.toMatchObject({ code: "PDF_TOO_MANY_PAGES" });
  });

  it("refuses a page larger than allowed", async () => {
    const limits = { ...defaultPdfLimits, pointsMax: 150 };
    const refused = probe(await save(endless), limits);
    await expect(refused).rejects.toMatchObject({ code: "PAGE_TOO_LARGE" });
  });

  it("kills a page that never ends, and draws the next one in a fresh process", async () => {
    const document = await open(await save(endless), { ...alone, pageMs: 1_000 });
    await expect(document.render(2, 300)).rejects.toMatchObject({ code: "PDF_TIMEOUT" });
    expect((await document.render(1, 300)).widthPixels).toBe(300);
  });

  it("answers queued calls in order", async () => {
    const document = await open(await save(endless), { ...alone, pageMs: 1_000 });
    const calls = [document.render(1, 100), document.render(2, 200), document.render(1, 300)];
    const results = await Promise.allSettled(calls);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it.runIf(isLinux)("kills a reader that takes too much memory", async () => {
    const wide = endless.replace("[0 0 200 100]", "[0 0 10000 10000]");
    const document = await open(await save(wide), {
      ...alone,
      pixelsMax: 100_000_000,
      memoryBytesMax: 400_000_000,
    });
    await expect(document.render(1, 10_000)).rejects.toMatchObject({
      code: "RENDER_FAILED",
      detail: expect.stringContaining("400 MB"),
    });
  });

  it("replaces a reader whose memory cannot grow", async () => {
    const document = await open(await save(endless), { ...alone, pixelsMax: 1e9 });
    await expect(document.render(1, 40_000)).rejects.toMatchObject({
      code: "RENDER_FAILED",
      detail: "Page 1: It needs too much memory.",
    });
    expect((await document.render(1, 300)).page).toBe(1);
  });

  it("reads a page crowded with thousands of words within its time", async () => {
    const file = await make((pdf) => {
      pdf.font("Helvetica").fontSize(3);
      for (let index = 0; index < 12_000; index += 1) {
        const place = [(index % 60) * 16, Math.floor(index / 60) * 2.6] as const;
        pdf.text(`w${index}`, ...place, { lineBreak: false });
      }
    });
    const { facts } = await (await open(file)).render(1, 400);
    expect(facts.characters).toBeGreaterThan(50_000);
    expect(facts.lines.length).toBeGreaterThan(2000);
  });

  it("ends a call when its signal is aborted", async () => {
    const document = await open(await save(endless));
    const stop = new AbortController();
    const call = document.render(2, 300, stop.signal);
    stop.abort(new Error("not needed any more"));
    await expect(call).rejects.toThrow("not needed any more");
    expect((await document.render(1, 300)).page).toBe(1);
  });

  it("ends a call that hangs when the document is closed", async () => {
    const document = await open(await save(endless));
    const call = expect(document.render(2, 300)).rejects.toMatchObject({ code: "RENDER_FAILED" });
    await document.close();
    await call;
    await expect(document.render(1, 300)).rejects.toMatchObject({ code: "RENDER_FAILED" });
  });

  it("refuses a page that does not exist", async () => {
    const document = await open(await save(endless));
    await expect(document.render(3, 300)).rejects.toMatchObject({ code: "RENDER_FAILED" });
  });
});

describe.runIf(isLinux)("processes", () => {
  it("tells when the reader was killed, and goes on with another one", async () => {
    const document = await open(await save(endless));
    const call = expect(document.render(2, 300)).rejects.toMatchObject({ code: "RENDER_FAILED" });
    const [reader] = await readersOf(process.pid);
    process.kill(reader ?? 0, "SIGKILL");
    await call;
    expect((await document.render(1, 300)).page).toBe(1);
  });

  it("gives the reader nothing of its environment", async () => {
    vi.stubEnv("DATABASE_PASSWORD", "secret");
    await open(await save(endless));
    const [reader] = await readersOf(process.pid);
    expect(await readFile(`/proc/${reader}/environ`, "utf8")).not.toContain("secret");
    vi.unstubAllEnvs();
  });

  it("ends a hanging reader when its parent is killed", async () => {
    const script = `import { openPdf } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
      const document = await openPdf(${JSON.stringify(await save(endless))});
      const hangs = document.render(2, 300);
      console.log("hangs");
      await hangs;`;
    const file = join(folder, "parent.mts");
    await writeFile(file, script);
    const parent = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), file]);
    const exited = once(parent, "exit");
    await once(parent.stdout, "data");
    const [reader] = await readersOf(parent.pid ?? 0);
    expect(reader).toBeGreaterThan(0);
    parent.kill("SIGKILL");
    await exited;
    await expect.poll(() => isReader(reader ?? 0), { interval: 20, timeout: 5000 }).toBe(false);
  });
});
