import { expect, it } from "vitest";
import { seededRandom } from "../../lib/random.ts";
import { streamOf } from "../worlds/chance.ts";
import { prdColdStarts } from "../worlds/cold-starts.ts";
import { pinnedServiceTimes } from "../worlds/pinned-service-times.ts";
import { taskMsOf } from "../worlds/service-times.ts";
import type { History } from "./history.ts";
import { learn } from "./learn.ts";

const random = seededRandom(4);
const normal = () =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
const nothing: History = { arrivals: [], slides: [], tasks: [], starts: [] };

it("takes what is pinned where there is too little, and says so", () => {
  const { service, coldStarts, assumed } = learn(nothing);
  expect({ ...service, source: pinnedServiceTimes.source }).toEqual(pinnedServiceTimes);
  expect(coldStarts.pools).toEqual(prdColdStarts.pools);
  expect(assumed).toEqual([
    "slides of a document",
    "seconds of a slide",
    "seconds of slide_feedback",
    "seconds of extractions_and_template",
    "seconds of specialized_clinical",
    "seconds of specialized_regulatory",
    "seconds of specialized_science",
    "cold starts of vision",
    "cold starts of text",
  ]);
});

it("finds again the log-normal that slides were drawn from, with the part that is the document's", () => {
  const slides = Array.from({ length: 600 }, () => {
    const own = 0.4 * normal();
    const all = Array.from({ length: 12 }, () => Math.log(5) + own + 0.25 * normal());
    const meanLn = all.reduce((sum, one) => sum + one, 0) / all.length;
    return { n: 12, meanLn, squaresLn: all.reduce((sum, one) => sum + (one - meanLn) ** 2, 0) };
  });
  const { slideSeconds } = learn({ ...nothing, slides }).service;
  expect(slideSeconds.median).toBeCloseTo(5, 0);
  expect(Math.abs(slideSeconds.documentLnSd - 0.4)).toBeLessThan(0.03);
  expect(Math.abs(slideSeconds.slideLnSd - 0.25)).toBeLessThan(0.01);
});

it("keeps measured times as they are, and thins many without losing the least and the most", () => {
  const seconds = [9, 1, 4, 2, 7];
  const tasks = seconds.map((s) => ({ task: "specialized_science", seconds: s }));
  const few = learn({ ...nothing, tasks }).service.tasks.specialized_science;
  expect(few).toEqual({ kind: "quantiles", values: [1, 2, 4, 7, 9] });
  const arrivals = Array.from({ length: 5000 }, (_, n) => ({ atMs: n, pages: 1 + (n % 40) }));
  const { slides } = learn({ ...nothing, arrivals }).service;
  if (slides.kind !== "quantiles") throw new Error(slides.kind);
  expect([slides.values.length, slides.values[0], slides.values.at(-1)]).toEqual([201, 1, 40]);
  expect(slides.values).toEqual(slides.values.toSorted((a, b) => a - b));
});

it("learns times of a task from where it applied, and how often it did", () => {
  const done = [9, 8, 7, 6, 5, 4].map((seconds) => ({ task: "specialized_clinical", seconds }));
  const skipped = Array.from({ length: 18 }, () => ({
    ...done[0]!,
    seconds: 0.01,
    applies: false,
  }));
  const { service } = learn({ ...nothing, tasks: [...done, ...skipped] });
  expect(service.tasks.specialized_clinical).toEqual({
    ...{ kind: "quantiles", values: [4, 5, 6, 7, 8, 9] },
  });
  expect(service.applies).toEqual({ specialized_clinical: 0.25 });
  const stream = streamOf(3);
  const drawn = Array.from({ length: 4_000 }, (_, n) => {
    stream.seek(n, 0);
    return taskMsOf(service, "specialized_clinical", 1, stream);
  });
  const long = drawn.filter((ms) => ms >= 4_000).length;
  expect(drawn.filter((ms) => ms === 1).length + long).toBe(4_000);
  expect(Math.abs(long / 4_000 - 0.25)).toBeLessThan(0.03);
});

it("lets feedback be a multiple of visual analysis", () => {
  const tasks = [10, 20, 30, 40, 50].flatMap((seconds) => [
    { task: "visual_analysis", seconds },
    { task: "slide_feedback", seconds: seconds / 2 },
  ]);
  const { service } = learn({ ...nothing, tasks });
  expect(service.tasks.slide_feedback).toEqual({ kind: "of-visual", factor: 0.5 });
});

it("learns starts by pool, how many fail and how many machines are lost an hour", () => {
  const start = (pool: string, seconds: number, own = {}) => ({
    ...{ pool, seconds, isReady: true, isLost: false, readyHours: 2 },
    ...own,
  });
  const starts = [
    ...[60, 50, 70, 55, 65].map((seconds) => start("vision", seconds)),
    start("text", 90, { isLost: true }),
    start("text", 200, { isReady: false, readyHours: 0 }),
  ];
  const { coldStarts, assumed } = learn({ ...nothing, starts });
  expect(coldStarts.pools.vision).toEqual([{ kind: "quantiles", values: [50, 55, 60, 65, 70] }]);
  expect(coldStarts.pools.text).toEqual(prdColdStarts.pools.text);
  expect(coldStarts.failing).toBeCloseTo(1 / 7);
  expect(coldStarts.lostPerHour).toBeCloseTo(1 / 12);
  expect(assumed).toContain("cold starts of text");
});
