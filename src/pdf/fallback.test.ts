import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultPdfLimits, openPdf, type RenderedPage } from "./index.ts";

const isPopplerHere = spawnSync("pdftoppm", ["-v"]).error === undefined;

/** Page 1 is Japanese in a font that is not in the file; on page 2 two forms draw each other for ever. */
const odd = `%PDF-1.7
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 200 100]>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/Resources <</Font <</F 9 0 R>>>>/Contents 11 0 R>> endobj
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
9 0 obj <</Type/Font/Subtype/Type0/BaseFont/HeiseiKakuGo-W5/Encoding/UniJIS-UCS2-H/DescendantFonts[10 0 R]>> endobj
10 0 obj <</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiKakuGo-W5/CIDSystemInfo <</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/DW 1000>> endobj
11 0 obj <</Length 56>> stream
BT /F 20 Tf 20 40 Td <8CC791D18ABF9054306E4E8B696D> Tj ET
endstream endobj
trailer <</Root 1 0 R>>
%%EOF`;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotlight-fallback-"));
  file = join(folder, "odd.pdf");
  await writeFile(file, odd);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function draw(page: number, fallbackMs: number, pageMs = 1000): Promise<RenderedPage> {
  const document = await openPdf(file, { ...defaultPdfLimits, pageMs, fallbackMs });
  try {
    return await document.render(page, 400);
  } finally {
    await document.close();
  }
}

it("counts the characters that the built-in renderer cannot show", async () => {
  const { facts, drawnBy } = await draw(1, 0);
  expect(facts).toMatchObject({ fontsMissing: true, undrawn: 7, characters: 7 });
  expect(facts.fonts).toMatchObject([{ name: "HeiseiKakuGo-W5", embedded: false }]);
  expect(facts.lines[0]?.text).toBe("資金調達の事業");
  expect(drawnBy).toBe("pdfium");
});

describe.skipIf(!isPopplerHere)("with pdftoppm installed", () => {
  it("draws pages whose fonts are missing by poppler, and keeps their text", async () => {
    const drawn = await draw(1, 10_000);
    expect(drawn).toMatchObject({ drawnBy: "poppler", widthPixels: 400, heightPixels: 200 });
    expect(drawn.facts.characters).toBe(7);
    expect(drawn.jpeg.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  });

  it("draws by poppler what never ends in the built-in renderer", async () => {
    const drawn = await draw(2, 10_000);
    expect(drawn).toMatchObject({ drawnBy: "poppler", widthPixels: 400 });
    expect(drawn.facts).toMatchObject({ page: 2, widthPoints: 200, characters: 0 });
  });

  it("keeps the fault when poppler has no time either", async () => {
    // A quick Node runs out of stack within a second, which would be another fault.
    await expect(draw(2, 1, 50)).rejects.toMatchObject({ code: "PDF_TIMEOUT" });
  });
});
