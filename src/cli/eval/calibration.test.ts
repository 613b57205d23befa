import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Extractions } from "../../contract/results.ts";
import { taskPack } from "../../contract/worker-protocol.ts";
import type { DeckRun, EvaluationRun, FieldRun } from "../../core/evaluation/run.ts";
import { taskPackOf } from "../../packs/pack.ts";
import { builtInPacksDir, readPack } from "../../packs/read-pack.ts";
import { withCalibration } from "../../worker/steps/calibrated.ts";
import { calibrate, calibrationLines, calibrationText } from "./calibration.ts";

const field = (verdict: FieldRun["verdict"], confidence: number): FieldRun => ({
  ...{ verdict, confidence, truth: "Acme", quotes: [] },
  said: verdict === "missed" || verdict === "silent" ? null : "Acme",
});
/** A third of the names is wrong, and all are said with 0.95. */
const deck = (at: number): DeckRun => ({
  ...{ file: `${at}.pdf`, sha256: String(at), pages: 3, problems: [], tokens: null },
  fields: { name: field(at % 3 === 0 ? "wrong" : "right", 0.95), date: field("silent", 0.6) },
  offering: { said: null, truth: null },
  quotes: { all: 1, grounded: 1 },
  seconds: { vision: 1, text: 1 },
});
const run: EvaluationRun = {
  ...{ label: "extractive", engine: "extractive", models: { vision: null, text: null } },
  pack: { name: "pitch-deck", version: 1, contentHash: "0" },
  decks: Array.from({ length: 30 }, (_, at) => deck(at)),
};

const none = { value: null, confidence: 0.6, evidence: [], note: null, conflicts: [] };
const found: Extractions = {
  startup_name: { ...none, value: "Acme", confidence: 0.95 },
  company_offering: { ...none, value: "Rockets", confidence: 0.7 },
  healthcare: none,
  funding_amount: none,
  deck_date: none,
};

describe("a calibration", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "pilotlight-calibration-"));
    await cp(join(builtInPacksDir(), "pitch-deck"), folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const packWith = async (text: string) => {
    await writeFile(join(folder, "calibration.yaml"), text);
    return await readPack(folder);
  };

  it("travels from the decks over the pack and the lease into the confidences of that engine", async () => {
    const pack = await packWith(calibrationText([calibrate(run)]));
    const part = taskPack.parse(taskPackOf(pack, "extractions_and_template"));
    const after = withCalibration(found, part, { name: "extractive", model: null });
    expect(after.startup_name.confidence).toBeGreaterThan(0.6);
    expect(after.startup_name.confidence).toBeLessThan(0.85);
    expect(after.deck_date.confidence).toBeGreaterThan(0.8);
    // Nothing was measured of these.
    expect(after.company_offering.confidence).toBe(0.7);
    expect(after.funding_amount.confidence).toBe(0.6);
    expect(withCalibration(found, part, { name: "ollama", model: "any" })).toEqual(found);
  });

  it("learns nothing from decks that were not read", () => {
    const broken = { ...deck(0), sha256: "broken", problems: ["document failed: NOT_A_PDF"] };
    const more = { ...run, decks: [...run.decks, broken] };
    expect(calibrationText([calibrate(more)])).toBe(calibrationText([calibrate(run)]));
  });

  it("goes to the one task that uses it, and makes another pack of the pack", async () => {
    const plain = await packWith("engines: []\n");
    expect(taskPackOf(plain, "extractions_and_template").calibration).toBeUndefined();
    const pack = await packWith(calibrationText([calibrate(run)]));
    expect(taskPackOf(pack, "specialized_science").calibration).toBeUndefined();
    expect(pack.contentHash).not.toBe(plain.contentHash);
  });

  it("is refused when a curve would turn confidences round, and when an engine stands there twice", async () => {
    const text = calibrationText([calibrate(run)]);
    await expect(packWith(text.replace(/slope: [\d.]+/, "slope: -1"))).rejects.toMatchObject({
      code: "PACK_INVALID",
      detail: expect.stringMatching(/^calibration\.yaml: engines\[0\]\.fields\..*slope/),
    });
    const twice = calibrationText([calibrate(run), calibrate(run)]);
    await expect(packWith(twice)).rejects.toMatchObject({
      detail: "calibration.yaml: engines: extractive stands there twice",
    });
  });

  it("tells how good confidences were before, and are on decks that were left out", () => {
    const [head, said, leftOut] = calibrationLines(calibrate(run));
    expect(head).toBe("extractive: 60 answers of 30 decks");
    expect(said).toContain("right 0.83");
    const brier = (line = ""): number => Number(/Brier ([\d.]+)/.exec(line)?.[1]);
    expect(brier(leftOut)).toBeLessThan(brier(said));
  });
});
