import { expect, it } from "vitest";
import type { ReportData, ReportRow } from "./data.ts";
import { waitBin, waitEdgesMs } from "./data.ts";
import { reportPage } from "./page.ts";
import { scaleTo, timeScaleTo } from "./svg.ts";
import { time, usd } from "./words.ts";

const hostile = '<img src=x onerror="alert(1)">';
const row = (policy: string, usdPerDocument: number): ReportRow => ({
  ...{ policy, usdPerDocument, p50Ms: 295_000, p95Ms: 459_000, textWaitMs: 21_000 },
  onTime: { share: 0.892, low: 0.875, high: 0.907 },
  within30s: { share: 0.733, low: 0.71, high: 0.75 },
  feasible: { share: null, low: 0, high: 1 },
  hours: { busy: 20.5, cold: 11.6, idle: 20.8 },
});
const data: ReportData = {
  title: `Scaling of ${hostile}`,
  facts: [["Traffic", hostile]],
  rows: [row("just-in-time:wait-price=9,goal=0.92", 0.0658), row(hostile, 0.1077)],
  curves: [
    {
      ...{ name: hostile, setting: "wait price", isOurs: true },
      points: [{ label: "4", usdPerDocument: 0.0658, delayMs: 120_000 }],
    },
    { name: "never ran", setting: "idle time", isOurs: false, points: [] },
  ],
  timelines: {
    ...{ fromMs: 0, untilMs: 86_400_000, why: "The busiest day.", arrivalsMs: [1_000] },
    policies: [
      {
        policy: hostile,
        lanes: [
          {
            replica: "vision-1",
            lives: [{ fromMs: -5_000, readyMs: 100_000, untilMs: 500_000, busy: 0.5 }],
          },
          { replica: "text-1", lives: [{ fromMs: 0, readyMs: null, untilMs: 9_000, busy: 0 }] },
        ],
      },
    ],
  },
  waits: [{ policy: hostile, text: new Array(10).fill(0.1), all: [1, ...new Array(9).fill(0)] }],
};
const page = reportPage(data);

it("names nothing outside itself, runs nothing, and lets no name become markup", () => {
  expect(page).not.toMatch(/<script|<link|<iframe|https?:|@import|url\((?!#)|<img/);
  expect(page).not.toContain(hostile);
  expect(page.match(/onerror="/g)).toBeNull();
});

it("says every figure of the table in words, and the interval of a share", () => {
  for (const text of ["$0.0658", "4 min 55 s", "7 min 39 s", "21 s", "89.2 %", "87.5 to 90.7"]) {
    expect(page).toContain(text);
  }
  expect(page).toContain("20.5 / 11.6 / 20.8");
});

it("gives each picture a title, a description and its figures as a table", () => {
  const pictures = page.match(/<svg [^>]*role="img"[\s\S]*?<\/svg>/g) ?? [];
  expect(pictures).toHaveLength(4);
  for (const one of pictures) {
    const id = /aria-labelledby="([\w-]+)-t" aria-describedby="\1-d"/.exec(one)?.[1];
    expect(one).toContain(`<title id="${id}-t">`);
    expect(one).toMatch(new RegExp(`<desc id="${id}-d">[^<]+</desc>`));
    expect(one).not.toMatch(/NaN|Infinity|undefined/);
  }
  expect(page.match(/<details><summary>As a table/g)).toHaveLength(3);
  expect(new Set(page.match(/ id="[^"]+"/g)).size).toBe(page.match(/ id="[^"]+"/g)?.length);
});

it("is whole without curves, lives or waits", () => {
  const bare = reportPage({ ...data, curves: [], timelines: null, waits: [] });
  expect(bare).not.toContain("<svg");
  expect(bare).toContain("</html>");
});

it("has scales that begin at 0 and end at or above the largest value, with round labels", () => {
  const scale = scaleTo(0.137, 0, 100, 6);
  expect(scale.ticks.map(usd)).toEqual(["$0", "$0.0500", "$0.100", "$0.150"]);
  expect(scale(0.15)).toBeCloseTo(100);
  expect(timeScaleTo(250_000, 0, 100, 5).ticks.map(time)).toEqual([
    ...["0 s", "1 min", "2 min", "3 min", "4 min", "5 min"],
  ]);
  expect(scaleTo(0, 0, 1, 4).ticks.length).toBeGreaterThan(1);
});

it("counts a wait into the bar whose upper edge it does not reach", () => {
  expect([0, 999, 1_000, 899_999, 900_000].map(waitBin)).toEqual([0, 0, 1, 8, 9]);
  expect(waitBin(Number.POSITIVE_INFINITY)).toBe(waitEdgesMs.length);
});
