import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { odpOf, pptxOf, zipOf } from "../../test/support/presentations.ts";
import { defaultPdfLimits, openPdf, presentationToPdf } from "./index.ts";
import { outsideLink } from "./outside-links.ts";
import { findSoffice } from "./soffice.ts";

const installed = await findSoffice(null);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotlight-presentation-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
const write = async (data: Buffer | string, mode = 0o600): Promise<string> => {
  files += 1;
  const file = join(folder, `file-${files}`);
  await writeFile(file, data);
  await chmod(file, mode);
  return file;
};

const convert = async (
  data: Buffer,
  given: { program?: string | null; convertMs?: number } = {},
) => {
  const target = join(folder, `out-${files}.pdf`);
  const options = { sofficePath: given.program ?? null, convertMs: given.convertMs ?? 90_000 };
  const done = presentationToPdf(await write(data), target, defaultPdfLimits, options);
  return { done: await done, target };
};

const missing = installed === null ? " (skipped: soffice is not installed)" : "";

/** LibreOffice puts fonts now and then in another order, so the bytes say less than the page does. */
async function firstPage(file: string) {
  const document = await openPdf(file);
  try {
    const { jpeg, facts } = await document.render(1, 640);
    return { pages: document.pages, words: facts.lines[0]?.text, jpeg: jpeg.toString("base64") };
  } finally {
    await document.close();
  }
}

describe.skipIf(installed === null)(`with LibreOffice${missing}`, () => {
  it.each([
    ["PowerPoint", pptxOf("We raise two million"), 1],
    ["OpenDocument", odpOf(["We raise two million", "The team"]), 2],
  ])(
    "makes %s a PDF that is drawn the same each time, and leaves nothing else",
    async (_, data, pages) => {
      const [first, second] = [await convert(data), await convert(data)];
      expect([first.done, second.done]).toEqual([true, true]);
      const looks = await Promise.all([first.target, second.target].map(firstPage));
      expect(looks[0]).toMatchObject({ pages, words: "We raise two million" });
      expect(looks[1]).toEqual(looks[0]);
      expect((await readdir(folder)).filter((name) => name.startsWith("presentation-"))).toEqual(
        [],
      );
    },
  );
});

it.each([
  ["a PDF", Buffer.from("%PDF-1.7")],
  ["a zip of something else", zipOf([["word/document.xml", "<w/>"]])],
  ["a zip that is cut off", odpOf(["Hello"]).subarray(0, 200)],
])("leaves %s alone", async (_, data) => {
  expect((await convert(data)).done).toBe(false);
});

it("says so where LibreOffice is missing", async () => {
  const refused = convert(odpOf(["Hello"]), { program: join(folder, "nothing") });
  await expect(refused).rejects.toMatchObject({ code: "PRESENTATION_NOT_SUPPORTED" });
});

it("ends a program that hangs, and what it started, in time", async () => {
  const pids = join(folder, "pids");
  const program = await write(`#!/bin/sh\nsleep 600 &\necho "$$ $!" > "${pids}"\nwait\n`, 0o700);
  const hanging = convert(odpOf(["Hello"]), { program, convertMs: 1_000 });
  await expect(hanging).rejects.toMatchObject({
    code: "PRESENTATION_FAILED",
    detail: "It took longer than 1 s.",
  });
  for (const pid of (await readFile(pids, "utf8")).trim().split(" ")) {
    await expect.poll(() => isAlive(Number(pid))).toBe(false);
  }
  expect((await readdir(folder)).filter((name) => name.startsWith("presentation-"))).toEqual([]);
});

/** One that has ended and was not yet fetched by its parent is not alive. */
const isAlive = async (pid: number): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return status !== "" && !/\) Z /.test(status);
};

it("lets no program write a file that is too large, and leaves no process", async () => {
  const pid = join(folder, "pid");
  const program = await write(
    `#!/bin/sh\necho $$ > "${pid}"\nhead -c 3000000 /dev/zero > large || exit 4\n`,
    0o700,
  );
  const target = join(folder, "large.pdf");
  const limits = { ...defaultPdfLimits, bytesMax: 1_000_000 };
  const options = { sofficePath: program, convertMs: 90_000 };
  const refused = presentationToPdf(await write(odpOf(["Hello"])), target, limits, options);
  await expect(refused).rejects.toMatchObject({ detail: "LibreOffice gave up." });
  const group = Number(await readFile(pid, "utf8"));
  await expect.poll(() => runningOf(group)).toEqual([]);
});

/** Processes of a group that run: one that has ended and was not yet fetched does not. */
const runningOf = async (group: number): Promise<string[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));
  return (await Promise.all(stats)).filter((stat) => {
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
    return Number(pgrp) === group && state !== "Z";
  });
};

it("tells a program that gives up, and one that writes nothing", async () => {
  for (const [text, detail] of [
    ["exit 3", "LibreOffice gave up."],
    ["exit 0", "LibreOffice wrote no PDF."],
  ] as const) {
    const program = await write(`#!/bin/sh\n${text}\n`, 0o700);
    await expect(convert(odpOf(["Hello"]), { program })).rejects.toMatchObject({ detail });
  }
});

describe("what a presentation would load from outside itself", () => {
  const image = (target: string): Buffer =>
    odpOf(["Hello"], `<draw:frame><draw:image xlink:href="${target}"/></draw:frame>`);
  const svg = (text: string): Buffer => zipOf([["ppt/media/image1.bin", text]]);
  const picture = `<p:pic><p:blipFill><a:blip r:link="rId1"/></p:blipFill></p:pic>`;
  const hidden = (markup: string): string => markup.replace("rId1", "r&#73;d1");
  const picture7 = picture.replace("rId1", "rId7");
  const click = `<p:sp><p:txBody><a:p><a:r><a:rPr><a:hlinkClick r:id="rId1"/></a:rPr></a:r></a:p></p:txBody></p:sp>`;
  const page = { type: "hyperlink", target: "https://example.com/?a=1&amp;b=2" };
  const book = "file:///C:\\Users\\me\\book.xlsx";
  const bytesMax = 10_000_000;

  /** A relation of its own chart, which a linked workbook is of; `more` stands in the chart. */
  const chart = (type: string, more = "", folder = "charts"): Buffer => {
    const relation = `<Relationship Id="rId7" Type="http://x/${type}" Target="${book}" TargetMode="External"/>`;
    return zipOf([
      [
        `ppt/${folder}/chart1.xml`,
        `<c:chartSpace>${more}<c:externalData r:id="rId7"/></c:chartSpace>`,
      ],
      ["ppt/charts/_rels/chart1.xml.rels", `<Relationships>${relation}</Relationships>`],
    ]);
  };

  it.each([
    ["a file", image("file:///etc/hosts.png")],
    ["an address, hidden", image("&#104;ttp://127.0.0.1/x.png")],
    ["a path out of it", image("../../x.png")],
    ["an absolute path", image("/etc/x.png")],
    [
      "behind a quote in a comment",
      odpOf(["Hi"], `<!-- ' --><draw:image xlink:href="file:///x"/>`),
    ],
    ["two attributes of one name", odpOf(["Hi"], `<draw:image b:href="file:///x" c:href="#a"/>`)],
    ["a picture of PowerPoint", pptxOf("Hi", { type: "image", target: "file:///etc/x.png" })],
    [
      "a picture that is called a link to click",
      pptxOf("Hi", { type: "hyperlink", target: "file:///etc/x.png", markup: picture }),
    ],
    [
      "such a link to a file that nothing names yet",
      pptxOf("Hi", { type: "hyperlink", target: "file:///etc/x.png" }),
    ],
    ["a picture of the web that is called so", pptxOf("Hi", { ...page, markup: picture })],
    ["a picture whose name is spelled", pptxOf("Hi", { ...page, markup: hidden(picture) })],
    [
      "a picture of a slide among the charts",
      pptxOf("Hi", { type: "image", target: "file:///etc/x.png", folder: "charts" }),
    ],
    [
      "a picture that is called a chart's workbook",
      pptxOf("Hi", {
        ...{ type: "oleObject", target: "file:///etc/x.png", folder: "charts" },
        markup: picture,
      }),
    ],
    ["a picture in a chart that names its workbook", chart("oleObject", picture7)],
    ["a picture that a chart links", chart("image")],
    ["relations of a part that is not there", chart("oleObject", "", "other")],
    [
      "two types of one relation",
      pptxOf("Hi", { type: `hyperlink" b:Type="x/image`, target: "https://example.com/" }),
    ],
    ["an object", odpOf(["Hi"], `<draw:object-ole xlink:href="file:///etc/x.ods"/>`)],
    ["an object by a path", odpOf(["Hi"], `<draw:object xlink:href="../../../etc/x.ods"/>`)],
    ["a picture of a form", odpOf(["Hi"], `<form:button form:image-data="file:///etc/x.png"/>`)],
    ["an address with a line break in it", image("fi&#10;le:///etc/x.png")],
    ["a drawing's picture", svg(`<svg><image href="file:///etc/x.png"/></svg>`)],
    ["a word that is defined", svg(`<!DOCTYPE svg [<!ENTITY a "file:///x">]><svg/>`)],
    ["another encoding", svg(`<?xml version="1.0" encoding="UTF-7"?><svg/>`)],
    ["a file inside it", zipOf([["embeddings/a.odp", image("file:///etc/x.png")]])],
  ])("is refused: %s", async (_, data) => {
    expect(await outsideLink(data, bytesMax)).toEqual(expect.any(String));
  });

  it("is not what is inside, or only clicked", async () => {
    const link = `<text:a xlink:href="https://example.com/">x</text:a>`;
    for (const data of [
      image("Pictures/1.png"),
      image("#page2"),
      odpOf([link]),
      pptxOf("Hi", { ...page, markup: click }),
      pptxOf("Hi", { type: "hyperlink", target: "mailto:me@example.com", markup: click }),
      pptxOf("Hi", { type: "hyperlink", target: "notes.docx#page 2", markup: click }),
      chart("oleObject"),
      chart("package"),
      svg(`<svg><image href="data:image/png;base64,AAAA"/></svg>`),
    ]) {
      expect(await outsideLink(data, bytesMax)).toBeNull();
    }
  });

  it("is not looked for beyond what may be unpacked", async () => {
    expect(await outsideLink(image("Pictures/1.png"), 100)).toContain("unpacks to too much");
  });
});
