import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PDFDocument from "pdfkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPdf, type PageFacts, type PdfDocument } from "./index.ts";

let folder: string;
let document: PdfDocument;

/** What each page shows; the tests ask for it by name, so that one reader serves them all. */
const pages: Readonly<Record<string, (pdf: PDFKit.PDFDocument) => void>> = {
  fonts(pdf) {
    pdf.font("Helvetica-Bold").fontSize(54).text("Big claim", 60, 40, { lineBreak: false });
    pdf.font("Times-Italic").fontSize(27).text("said softly", 60, 200, { lineBreak: false });
    pdf.fontSize(13.5).text("and smaller", 60, 300, { lineBreak: false });
  },
  bars(pdf) {
    ["10", "20", "30"].forEach((label, at) => {
      say(pdf, label, 60, 400 - at * 100);
    });
    [120, 180, 150, 260].forEach((height, at) => {
      pdf.rect(120 + at * 120, 420 - height, 60, height).fill("#3366cc");
      say(pdf, `Q${at + 1}`, 140 + at * 120, 430);
    });
  },
  stacks(pdf) {
    [0.2, 0.5, 0.7].forEach((share, at) => {
      pdf.rect(120 + at * 150, 120, 80, 300 * share).fill("#3366cc");
      pdf.rect(120 + at * 150, 120 + 300 * share, 80, 300 * (1 - share)).fill("#cc6633");
      say(pdf, `Year ${at + 1}`, 130 + at * 150, 430);
    });
  },
  lying(pdf) {
    ["Reach", "Price", "Speed"].forEach((label, at) => {
      pdf.rect(200, 100 + at * 80, 150 + at * 90, 40).fill("#3366cc");
      say(pdf, label, 120, 110 + at * 80);
    });
  },
  line(pdf) {
    pdf.moveTo(100, 100).lineTo(100, 420).lineTo(700, 420).stroke("#000000");
    pdf.moveTo(100, 400).lineTo(250, 330).lineTo(400, 350).lineTo(550, 200).lineTo(690, 120);
    pdf.lineWidth(3).stroke("#cc0000");
    ["2021", "2022", "2023", "2024"].forEach((year, at) => {
      say(pdf, year, 150 + at * 150, 430);
    });
  },
  pie(pdf) {
    const [x, y, radius] = [480, 270, 150];
    let from = -Math.PI / 2;
    [0.45, 0.3, 0.25].forEach((share, at) => {
      const to = from + share * 2 * Math.PI;
      slice(pdf, { x, y, radius, from, to });
      pdf.fill(["#3366cc", "#cc6633", "#33cc66"][at] ?? "black");
      from = to;
    });
  },
  scatter(pdf) {
    pdf.moveTo(100, 100).lineTo(100, 420).stroke("#000000");
    for (let at = 0; at < 12; at += 1) {
      pdf.circle(130 + at * 45, 400 - ((at * 137) % 280), 5).fill("#3366cc");
    }
  },
  cards(pdf) {
    [0, 1, 2].forEach((at) => {
      pdf.roundedRect(60 + at * 300, 120 + at * 20, 260, 300 - at * 20, 12).fill("#eeeeee");
      pdf.fillColor("black").fontSize(16);
      for (let row = 0; row < 6; row += 1) {
        say(pdf, "words of a card that tell a story", 75 + at * 300, 180 + row * 22, 14);
      }
    });
  },
  ornaments(pdf) {
    pdf.moveTo(0, 500).bezierCurveTo(300, 420, 600, 560, 960, 470).stroke("#3366cc");
    pdf.circle(200, 200, 90).fill("#ddeeff").circle(200, 200, 60).fill("#bbddff");
    [0, 1, 2, 3, 4].forEach((at) => {
      pdf.circle(500, 120 + at * 40, 5).fill("#000000");
    });
    say(pdf, "A wave, circles in circles and bullets", 520, 110);
  },
  ruled(pdf) {
    const rows = [
      ["Plan", "Users", "Price a month"],
      ["Basic", "1", "free of charge"],
      ["Team", "", "$ 49"],
    ];
    rows.forEach((row, down) => {
      row.forEach((text, across) => {
        pdf.rect(100 + across * 200, 100 + down * 60, 200, 60).stroke("#888888");
        say(pdf, text, 110 + across * 200, 120 + down * 60);
      });
    });
  },
  aligned(pdf) {
    const rows = [
      ["in million", "2024", "2025", "2026"],
      ["Revenue", "1.2", "3.4", "8.0"],
      ["Costs", "2.0", "3.1", "5.2"],
      ["Result", "-0.8", "0.3", "2.8"],
    ];
    rows.forEach((row, down) => {
      row.forEach((text, across) => {
        say(pdf, text, 100 + across * 170, 120 + down * 50);
      });
    });
  },
};

function say(pdf: PDFKit.PDFDocument, text: string, x: number, y: number, size = 18): void {
  pdf.font("Helvetica").fontSize(size).fillColor("black").text(text, x, y, { lineBreak: false });
}

interface Wedge {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly from: number;
  readonly to: number;
}

/** A slice as drawing programs write it: in from the middle, along the rim by curves, and back. */
function slice(pdf: PDFKit.PDFDocument, { x, y, radius, from, to }: Wedge): void {
  const parts = Math.ceil((to - from) / (Math.PI / 2));
  const step = (to - from) / parts;
  const pull = (4 / 3) * Math.tan(step / 4) * radius;
  const at = (angle: number) =>
    [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
  pdf.moveTo(x, y).lineTo(...at(from));
  for (let part = 0; part < parts; part += 1) {
    const [begin, end] = [from + part * step, from + (part + 1) * step];
    const [bx, by] = at(begin);
    const [ex, ey] = at(end);
    pdf.bezierCurveTo(
      bx - pull * Math.sin(begin),
      by + pull * Math.cos(begin),
      ex + pull * Math.sin(end),
      ey - pull * Math.cos(end),
      ex,
      ey,
    );
  }
  pdf.closePath();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotlight-facts-"));
  const pdf = new PDFDocument({ size: [960, 540], margin: 0, autoFirstPage: false });
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = once(pdf, "end");
  for (const draw of Object.values(pages)) draw(pdf.addPage());
  pdf.end();
  await ended;
  const file = join(folder, "drawn.pdf");
  await writeFile(file, Buffer.concat(chunks));
  document = await openPdf(file);
});
afterAll(async () => {
  await document?.close();
  await rm(folder, { recursive: true, force: true });
});

const facts = async (name: string): Promise<PageFacts> =>
  (await document.render(Object.keys(pages).indexOf(name) + 1, 300)).facts;

it("names fonts with weight, slant, sizes and what they set", async () => {
  const { fonts, lines } = await facts("fonts");
  expect(fonts).toEqual([
    {
      name: "Times-Italic",
      bold: false,
      italic: true,
      embedded: false,
      characters: 20,
      sizes: [expect.closeTo(0.025, 4), expect.closeTo(0.05, 4)],
    },
    {
      name: "Helvetica-Bold",
      bold: true,
      italic: false,
      embedded: false,
      characters: 8,
      sizes: [expect.closeTo(0.1, 4)],
    },
  ]);
  expect(lines.map(({ font }) => font)).toEqual(["Helvetica-Bold", "Times-Italic", "Times-Italic"]);
});

it("finds bars with the labels of both axes", async () => {
  const [chart, ...others] = (await facts("bars")).charts;
  expect(others).toEqual([]);
  expect(chart).toMatchObject({ kind: "bar", marks: 4, xLabels: ["Q1", "Q2", "Q3", "Q4"] });
  expect(chart?.yLabels).toEqual(["30", "20", "10"]);
});

it("finds stacks of equal height by where they change", async () => {
  const { charts } = await facts("stacks");
  expect(charts).toMatchObject([
    { kind: "bar", marks: 3, xLabels: ["Year 1", "Year 2", "Year 3"], yLabels: [] },
  ]);
});

it("finds lying bars", async () => {
  const { charts } = await facts("lying");
  expect(charts).toMatchObject([{ kind: "bar", marks: 3, yLabels: ["Reach", "Price", "Speed"] }]);
});

it("finds a line over axes", async () => {
  const { charts } = await facts("line");
  expect(charts).toMatchObject([{ kind: "line", marks: 1 }]);
  expect(charts[0]?.xLabels).toEqual(["2021", "2022", "2023", "2024"]);
});

it("finds the slices of a pie", async () => {
  const { charts } = await facts("pie");
  expect(charts).toMatchObject([{ kind: "pie", marks: 3 }]);
  expect(charts[0]?.width).toBeCloseTo(300 / 960, 2);
});

it("finds a cloud of points", async () => {
  expect((await facts("scatter")).charts).toMatchObject([{ kind: "scatter", marks: 12 }]);
});

it.each(["cards", "ornaments", "fonts"])("takes no %s for charts or tables", async (name) => {
  expect(await facts(name)).toMatchObject({ charts: [], tables: [] });
});

it("reads the cells of a ruled table", async () => {
  const { tables } = await facts("ruled");
  expect(tables).toMatchObject([
    {
      kind: "ruled",
      rows: [
        ["Plan", "Users", "Price a month"],
        ["Basic", "1", "free of charge"],
        ["Team", "", "$ 49"],
      ],
    },
  ]);
  expect(tables[0]?.x).toBeCloseTo(100 / 960, 3);
});

it("reads a table that only lines up", async () => {
  const { tables, charts } = await facts("aligned");
  expect(charts).toEqual([]);
  expect(tables).toMatchObject([{ kind: "aligned" }]);
  expect(tables[0]?.rows).toEqual([
    ["in million", "2024", "2025", "2026"],
    ["Revenue", "1.2", "3.4", "8.0"],
    ["Costs", "2.0", "3.1", "5.2"],
    ["Result", "-0.8", "0.3", "2.8"],
  ]);
});
