import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pageFacts } from "../../../test/support/page-facts.ts";
import { slideOf } from "../../../test/support/slides.ts";
import {
  seeing,
  type TinyEngineOptions,
  thinking,
  tinyEngine,
  tinyPack,
} from "../../../test/support/worker-parts.ts";
import type { ExtractionsAndTemplate } from "../../contract/results.ts";
import type { ProgressBody } from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import type { PageFacts, RenderedPage } from "../../pdf/types.ts";
import { extractAndScore } from "./extractions-and-template.ts";
import { reviewSlides } from "./slide-feedback.ts";
import { analyseSpecialised } from "./specialised.ts";
import { analyseSlides } from "./visual-analysis.ts";

const longText = "Aurelia makes stents that dissolve";

const picture = { x: 0, y: 0, width: 1, height: 1, widthPixels: 9, heightPixels: 9 };

const pageOf = (text: string, facts: Partial<PageFacts> = {}): RenderedPage => ({
  page: 1,
  jpeg: Buffer.from("x"),
  widthPixels: 1280,
  heightPixels: 720,
  facts: pageFacts({
    lines: text
      .split("\n")
      .map((line) => ({ text: line, x: 0, y: 0, width: 1, height: 0.1, size: 0.05, bold: false })),
    characters: text.length,
    ...facts,
  }),
  drawnBy: "pdfium",
});

function contextOf(options: TinyEngineOptions) {
  const engine = tinyEngine(options);
  const progress: ProgressBody[] = [];
  const { signal } = new AbortController();
  const onProgress = (body: ProgressBody): void => void progress.push(body);
  return { engine, progress, context: { engine, pack: tinyPack, signal, onProgress } };
}

const portsOf = (page: RenderedPage) => ({
  pages: 1,
  finished: {},
  page: async () => page,
  onSlide: async () => undefined,
  onSlideFailed: async () => undefined,
});

const analyse = async (value: unknown, page: RenderedPage) => {
  const { context } = contextOf({ see: async () => value });
  return (await analyseSlides(context, portsOf(page))).result.slides[0];
};

describe("visual analysis by a model", () => {
  const said = { title: null, description: "d", kind: "other", visuals: [] };

  it("gets words, blocks and text source from the page, not from the model", async () => {
    const slide = await analyse({ ...said, slide: 99, text: "something else" }, pageOf(longText));
    expect(slide).toMatchObject({
      slide: 1,
      text: longText,
      text_source: "text_layer",
      words: 5,
      blocks: [{ text: longText }],
    });
  });

  it("keeps what the model read where the page has no usable text", async () => {
    const read = "Read off the picture";
    expect(await analyse({ ...said, text: read }, pageOf("12"))).toMatchObject({
      text: read,
      text_source: "model",
      words: 4,
    });
    const unmapped = pageOf(longText, { unmapped: longText.length });
    expect(await analyse({ ...said, text: read }, unmapped)).toMatchObject({ text: read });
    expect(await analyse({ ...said, text: " " }, pageOf(""))).toMatchObject({
      text: "",
      text_source: "none",
      words: 0,
    });
  });

  it("adds lines read inside pictures to the text layer, once", async () => {
    const page = pageOf(longText, { images: [picture] });
    const slide = await analyse({ ...said, text: `AURELIA makes  stents\n41 % fewer` }, page);
    expect(slide).toMatchObject({ text: `${longText}\n41 % fewer`, text_source: "both" });
  });

  it("leaves what an engine measured itself as it is", async () => {
    const measured = { ...said, text: "by OCR", text_source: "ocr", words: 2, language: "de" };
    expect(await analyse({ ...measured, blocks: [] }, pageOf(longText))).toMatchObject({
      text: "by OCR",
      text_source: "ocr",
      language: "de",
      blocks: [],
    });
  });

  it("fills the prompt's slots with this slide and the number of slides", async () => {
    const { context, engine } = contextOf({});
    await analyseSlides(context, portsOf(pageOf(longText)));
    expect(engine.seen[0]?.prompt).toBe("Slide 1 of 1.");
  });
});

describe("an answer of the wrong shape", () => {
  it("is repaired once, and the model is told what was wrong", async () => {
    let calls = 0;
    const { context, engine } = contextOf({
      see: async (request) => {
        calls += 1;
        return calls === 1 ? { kind: "nonsense" } : await seeing(request);
      },
    });
    const { gaps } = await analyseSlides(context, portsOf(pageOf(longText)));
    expect(gaps).toEqual([]);
    expect(engine.seen[1]?.prompt).toMatch(/^Slide 1 of 1\.\n\n.*could not be used: .*kind/s);
  });

  it("counts as such also when the engine could not read it at all", async () => {
    let calls = 0;
    const { context } = contextOf({
      think: async (request) => {
        calls += 1;
        if (calls === 1) throw new AppError("MODEL_OUTPUT_INVALID", "not JSON");
        return await thinking(request);
      },
    });
    await analyseSpecialised(context, "science", [slideOf(1, longText)], undefined);
    expect(calls).toBe(2);
  });

  it("is asked for in short when it was cut off, for it would be cut off again", async () => {
    let calls = 0;
    const { context, engine } = contextOf({
      think: async (request) => {
        calls += 1;
        if (calls === 1) throw new AppError("MODEL_OUTPUT_TRUNCATED", "After 4096 tokens.");
        return await thinking(request);
      },
    });
    await analyseSpecialised(context, "science", [slideOf(1, longText)], undefined);
    expect(engine.thought[1]?.prompt).toMatch(/could not be used: it was too long/);
    const cut = contextOf({ think: () => Promise.reject(new AppError("MODEL_OUTPUT_TRUNCATED")) });
    const asked = analyseSpecialised(cut.context, "science", [slideOf(1, longText)], undefined);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_OUTPUT_TRUNCATED" });
    expect(cut.engine.thought).toHaveLength(2);
  });

  it("fails with MODEL_OUTPUT_INVALID when it stays wrong, quoting no word of the deck", async () => {
    const { context, engine } = contextOf({ think: async () => ({ claims: [longText] }) });
    const asked = analyseSpecialised(context, "clinical", [slideOf(1, longText)], undefined);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_OUTPUT_INVALID" });
    await expect(asked).rejects.not.toThrow(/Aurelia/);
    expect(engine.thought).toHaveLength(2);
  });

  it("is not asked for again where rules would only repeat it", async () => {
    const { context, engine } = contextOf({ name: "extractive", think: async () => null });
    const asked = extractAndScore(context, [slideOf(1, longText)]);
    await expect(asked).rejects.toMatchObject({ code: "MODEL_OUTPUT_INVALID" });
    expect(engine.thought).toHaveLength(1);
  });
});

describe("slide feedback", () => {
  const finding = (evidence: unknown[]) => ({
    findings: [{ severity: "minor", what: "w", why: "y", fix: "f", evidence }],
  });
  const review = async (evidence: unknown[], page: RenderedPage, name?: "extractive") => {
    const given = { see: async () => finding(evidence), ...(name ? { name } : {}) };
    const { context } = contextOf(given);
    return (await reviewSlides(context, portsOf(page))).result.slides[0]?.findings[0];
  };

  it("is an opinion without a measure when a model gives neither rule nor measure", async () => {
    expect(await review([], pageOf(longText))).toMatchObject({ rule: "opinion", measure: null });
  });

  it("has its quotes checked against the page, whatever the engine says of them", async () => {
    const quotes = [
      { slide: 7, quote: "stents that dissolve", grounded: false },
      { quote: "stents that float away", grounded: true },
      { quote: "  " },
    ];
    expect((await review(quotes, pageOf(longText)))?.evidence).toEqual([
      { slide: 1, quote: "stents that dissolve", grounded: true },
      { slide: 1, quote: "stents that float away", grounded: false },
    ]);
  });

  it("puts what is measured before a model's opinion, and takes figures from the slide", async () => {
    const jpeg = await sharp({
      create: { width: 640, height: 360, channels: 3, background: "#fff" },
    })
      .jpeg()
      .toBuffer();
    const text = "Market\nThe addressable market is EUR 4 billion\nLorem ipsum dolor sit amet";
    const { context } = contextOf({
      see: async () => ({ ...finding([]), figures: [{ made: "up" }] }),
    });
    const page = { ...pageOf(text), jpeg };
    const { result } = await reviewSlides(context, portsOf(page));
    const [slide] = result.slides;
    expect(slide?.figures).toMatchObject([{ kind: "market", value: 4e9, unit: "EUR" }]);
    const rules = slide?.findings.map(({ rule }) => rule) ?? [];
    expect(rules.at(-1)).toBe("opinion");
    expect(rules).toContain("placeholder_text");
    expect(result.deck.map(({ rule }) => rule)).toContain("placeholder_text");
  });

  it("trusts the rules' own reading of a page without text, and no model's", async () => {
    const quotes = [{ slide: 1, quote: "read by OCR", grounded: true }];
    expect((await review(quotes, pageOf(""), "extractive"))?.evidence[0]?.grounded).toBe(true);
    expect((await review(quotes, pageOf("")))?.evidence[0]?.grounded).toBe(false);
  });
});

describe("extractions and template", () => {
  const slides = [slideOf(1, longText)];

  it("grounds every quote, weighs the chapters and tells each part it has finished", async () => {
    const { context, progress, engine } = contextOf({
      think: async (request) => {
        const value = (await thinking(request)) as { questions: { score: number | null }[] };
        if (request.ask.kind === "template" && request.ask.chapter.id === "one") {
          value.questions[0]!.score = 1;
          value.questions[1]!.score = null;
        }
        return value;
      },
    });
    const { result } = await extractAndScore(context, slides);
    expect(result.extractions.startup_name.evidence).toEqual([
      { slide: 1, quote: longText, grounded: true },
    ]);
    expect(result.template.chapters.map(({ score }) => score)).toEqual([1, 4]);
    expect(result.template.score).toBe(3.25);
    expect(progress.map(({ done }) => done)).toEqual([0, 1, 2, 3]);
    expect(engine.thought[0]?.prompt).toBe("Five facts of 1 slides: {{deck}}");
    expect(engine.thought[1]?.prompt).toContain("P1: P1?\n  5: s");
  });

  it("asks again for the date when a model gives a month that no year has", async () => {
    const dates = ["2026-13", "2026-12"];
    const { context } = contextOf({
      think: async (request) => {
        const value = (await thinking(request)) as Record<string, object>;
        if (request.ask.kind !== "extractions") return value;
        return { ...value, deck_date: { ...value.deck_date, value: dates.shift() } };
      },
    });
    const { result } = await extractAndScore(context, slides);
    expect(result.extractions.deck_date.value).toBe("2026-12");
  });

  it("asks again when a question was left out, and puts answers in the template's order", async () => {
    let chapters = 0;
    const { context } = contextOf({
      think: async (request) => {
        const value = (await thinking(request)) as { questions: unknown[] };
        if (request.ask.kind !== "template") return value;
        chapters += 1;
        return { questions: chapters === 1 ? value.questions.slice(1) : value.questions.reverse() };
      },
    });
    const { result } = await extractAndScore(context, slides);
    expect(result.template.chapters[0]?.questions.map(({ id }) => id)).toEqual(["P1", "P2"]);
    expect(chapters).toBe(3);
  });

  it("asks the questions of the template that is for the deck's sector, behind the general ones", async () => {
    const { context } = contextOf({
      think: async (request) => {
        const value = (await thinking(request)) as Record<string, unknown>;
        const healthcare = { is_healthcare: true, sector: "telemedicine" };
        const evidence = [{ slide: 1, quote: longText }];
        if (request.ask.kind !== "extractions") return value;
        return { ...value, healthcare: { value: healthcare, confidence: 0.9, evidence } };
      },
    });
    const question = { ...tinyPack.template!.chapters[0]!.questions[0]!, id: "V1" };
    const chapters = [
      { id: "two", title: "Two", weight: 5, questions: [question] },
      { id: "own", title: "Own", weight: 1, questions: [{ ...question, id: "V2" }] },
    ];
    const rest = { title: "T", extends: "general", chapters };
    const templates = [
      { ...rest, name: "devices", for: { sector: "diagnostics_devices" } },
      { ...rest, name: "telemedicine", for: { sector: "telemedicine" } },
    ];
    const pack = { ...context.pack, templates };
    const { template } = (await extractAndScore({ ...context, pack }, slides)).result;
    expect(template.template).toBe("telemedicine");
    expect(template.chapters.map(({ questions }) => questions.map(({ id }) => id))).toEqual([
      ["P1", "P2"],
      ["S1", "V1"],
      ["V2"],
    ]);
  });

  it("has no score where no question applies", async () => {
    const { context } = contextOf({
      think: async (request) => {
        const value = (await thinking(request)) as { questions?: { score: number | null }[] };
        for (const answer of value.questions ?? []) answer.score = null;
        return value;
      },
    });
    expect((await extractAndScore(context, slides)).result.template.score).toBeNull();
  });
});

describe("a specialised analysis", () => {
  const upstream = (isHealthcare: boolean): ExtractionsAndTemplate => {
    const none = { value: null, confidence: 0, evidence: [], note: null, conflicts: [] };
    return {
      extractions: {
        startup_name: none,
        company_offering: none,
        healthcare: {
          value: { is_healthcare: isHealthcare, sector: null },
          confidence: 0.9,
          evidence: [{ slide: 2, quote: "freight software", grounded: true }],
          note: null,
          conflicts: [],
        },
        funding_amount: none,
        deck_date: none,
      },
      template: { template: "general", chapters: [], score: null },
    };
  };

  it("does not apply to a deck that is not healthcare, and names the evidence", async () => {
    const { context, engine } = contextOf({});
    const slides = [slideOf(1, longText)];
    const step = await analyseSpecialised(context, "clinical", slides, upstream(false));
    expect(step).toMatchObject({
      applicable: false,
      reason: 'Not a healthcare company: slide 2 says "freight software".',
      result: { applicable: false, claims: [] },
    });
    expect(engine.thought).toEqual([]);
  });

  it("is asked for healthcare, and when nothing is known", async () => {
    for (const known of [upstream(true), undefined]) {
      const { context } = contextOf({});
      const step = await analyseSpecialised(context, "science", [slideOf(1, longText)], known);
      expect(step).toMatchObject({
        applicable: true,
        result: { claims: [{ evidence: [{ slide: 1, grounded: true }], missing: [] }] },
      });
    }
  });

  it("passes the engine's own reason on when it says the question does not apply", async () => {
    const answer = { applicable: false, reason: "No mechanism is claimed." };
    const { context } = contextOf({ think: async () => answer });
    const step = await analyseSpecialised(context, "science", [slideOf(1, longText)], undefined);
    expect(step).toMatchObject({ applicable: false, reason: "No mechanism is claimed." });
  });
});

it("two documents read at once do not meet in the steps", async () => {
  const texts = ["Aurelia makes stents that dissolve", "Loop ships crates that come back"];
  const results = await Promise.all(
    texts.map(async (text) => {
      const { context } = contextOf({});
      return await extractAndScore(context, [slideOf(1, text)]);
    }),
  );
  results.forEach(({ result }, index) => {
    const other = texts[1 - index]!;
    expect(JSON.stringify(result)).toContain(texts[index]);
    expect(JSON.stringify(result)).not.toContain(other);
  });
});
