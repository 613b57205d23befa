/**
 * `npm run bench -- forecast`: what the estimates of the just-in-time policy cost. It asks for the
 * remaining time of a document at each finished slide, for a calibrated one when it decides on that,
 * and for a start wherever one goes on. A simulated second holds tens of thousands of such questions.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import {
  calibrate,
  emptyCalibration,
  learnOutcome,
} from "../src/core/autoscaler/forecast/calibration.ts";
import {
  emptyStarts,
  learnStart,
  sampleStarts,
} from "../src/core/autoscaler/forecast/cold-start.ts";
import { emptyPace, learnPace, sampleRemaining } from "../src/core/autoscaler/forecast/pace.ts";
import { summarise } from "../src/core/autoscaler/forecast/summary.ts";
import type { DocumentObservation } from "../src/core/autoscaler/observation.ts";
import { seededRandom } from "../src/lib/random.ts";

const draws = 128;
const slides = 16;
const rounds = 50_000;
const random = seededRandom(1);
const out = new Float64Array(draws);

/** A document of 16 slides of which `slidesDone` are read; one object a stage, as the policy meets them. */
const stages = Array.from(
  { length: slides },
  (_, slidesDone): DocumentObservation => ({
    pipeline: "p",
    uploadedAtMs: 0,
    slides,
    visual: "running",
    slidesDone,
    slideSinceMs: 0,
    sumLnSeconds: slidesDone * Math.log(3.5),
    textTasksLeft: 4,
  }),
);
const stage = (i: number): DocumentObservation => stages[i % slides] as DocumentObservation;

let pace = emptyPace;
let starts = emptyStarts(240_000);
let calibration = emptyCalibration;
for (let i = 0; i < 100; i += 1) {
  starts = learnStart(starts, { how: "ready", tookMs: 60_000 + 9e4 * random.next(), offMs: null });
  sampleRemaining(pace, stage(i), 0, random, out);
  calibration = learnOutcome(calibration, "25-50 %", summarise(out), 60 * random.next());
}
const summary = summarise(out);

const subjects: Record<string, (i: number) => void> = {
  "remaining time at the end of a slide": (i) => sampleRemaining(pace, stage(i), 0, random, out),
  "remaining time within a slide": (i) => sampleRemaining(pace, stage(i), 2_000, random, out),
  "calibration of 128 draws": () => calibrate(calibration, "25-50 %", random, out),
  "a start made now": () => sampleStarts(starts, 0, null, random, out),
  "a start that has lasted a minute": () => sampleStarts(starts, 60_000, null, random, out),
  "learning a document's pace": () => {
    pace = learnPace(pace, { slides, sumLnSeconds: 20, sumSquaresLnSeconds: 27 });
  },
  "learning an outcome": (i) => {
    calibration = learnOutcome(calibration, "0-25 %", summary, i % 100);
  },
  "learning a start, and one draw of 128": (i) => {
    starts = learnStart(starts, { how: "ready", tookMs: 60_000 + (i % 90) * 1_000, offMs: null });
    sampleStarts(starts, 0, null, random, out);
  },
};

const microseconds: Record<string, number> = {};
for (const [name, ask] of Object.entries(subjects)) {
  for (let i = 0; i < rounds / 5; i += 1) ask(i);
  const startedMs = performance.now();
  for (let i = 0; i < rounds; i += 1) ask(i);
  microseconds[name] = Number((((performance.now() - startedMs) * 1000) / rounds).toFixed(2));
  console.log(`${microseconds[name]?.toFixed(2).padStart(8)} us  ${name}`);
}
const result = { draws, rounds, cores: cpus().length, node: process.version, microseconds };
const folder = fileURLToPath(new URL("results/", import.meta.url));
await mkdir(folder, { recursive: true });
await writeFile(`${folder}forecast.json`, `${JSON.stringify(result, null, 2)}\n`);
