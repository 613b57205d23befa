import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import { pinnedServiceTimes } from "../../sim/worlds/pinned-service-times.ts";
import type { Context } from "../context.ts";
import { changesOf } from "./changes.ts";
import { offersOf } from "./offers.ts";
import { policiesOf } from "./policies.ts";
import { pricesOf } from "./prices.ts";
import { readServiceTimes } from "./service-times.ts";
import { atRate, newest, readTraffic } from "./traffic.ts";

const base = {
  ...{ scaling: scalingOf(scalingDefaults), topology: "split" as const, quantumMs: 0 },
  microUsdPerHour: { vision: 500_000, text: 800_000 },
};

describe("--policy", () => {
  it("lets an option that stands alone belong to the policy before it", () => {
    const text = "reference, keda:cooldown=900s,target=3,just-in-time:wait-price=9,goal=0.92";
    expect(policiesOf(text, base)).toEqual([
      ...["reference", "keda:cooldown=900s,target=3", "just-in-time:wait-price=9,goal=0.92"],
    ]);
  });

  it.each([
    ["fortune-teller", /no policy "fortune-teller"/],
    ["keda:cooldwn=3s", /no option "cooldwn"/],
    ["reference,reference", /names reference twice/],
    ["", /No policy is named/],
    ["cooldown=900s", /no policy/],
  ])("refuses %j", (text, message) => {
    expect(() => policiesOf(text, base)).toThrow(message);
  });
});

describe("what is to be otherwise", () => {
  it("is read for both pools, or for one", () => {
    const read = changesOf({
      slides: "20",
      keepWarm: "90s",
      maxReplicas: "vision=3",
      usdPerHour: "vision=0.5,text=0",
    });
    expect(read).toEqual({
      ...{ slides: 20, keepWarmSeconds: { vision: 90, text: 90 }, maxReplicas: { vision: 3 } },
      ...{ coldStartSeconds: {}, usdPerHour: { vision: 0.5, text: 0 } },
    });
  });

  it.each([
    [{ slides: "many" }, /--slides takes a number/],
    [{ keepWarm: "vision=soon" }, /--keep-warm takes a duration such as 90s, not "soon"/],
    [{ maxReplicas: "text=1.5" }, /--max-replicas takes a whole number/],
    [{ coldStart: "audio=3s" }, /--cold-start names vision and text, not "audio"/],
    [{ usdPerHour: "text=" }, /--usd-per-hour takes a number/],
  ])("is refused as in %j", (options, message) => {
    expect(() => changesOf(options)).toThrow(message);
  });
});

describe("files", () => {
  let cwd = "";
  let context: Context;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "pilotlight-study-"));
    context = { cwd } as Context;
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  it("of arrivals are read from where the person stands, and refused with their line", async () => {
    await writeFile(join(cwd, "good.csv"), "arrival_s\n0\n2.5\n");
    await writeFile(join(cwd, "bad.csv"), "arrival_s\n0\nsoon\n");
    await writeFile(join(cwd, "one.csv"), "arrival_s\n0\n");
    const good = { name: "good.csv", arrivalsMs: [0, 2500] };
    expect(await readTraffic(context, "good.csv")).toEqual(good);
    for (const [file, detail] of [
      ["bad.csv", 'bad.csv, line 3: "soon" is not seconds'],
      ["one.csv", /two/],
      ["none.csv", /ENOENT/],
    ] as const) {
      const error = { code: "TRACE_INVALID", detail: expect.stringMatching(detail) };
      await expect(readTraffic(context, file)).rejects.toMatchObject(error);
    }
  });

  it("of service times are checked key by key", async () => {
    await writeFile(join(cwd, "good.json"), JSON.stringify(pinnedServiceTimes));
    expect(await readServiceTimes(context, "good.json")).toEqual(pinnedServiceTimes);
    const { specialized_science: _, ...fewer } = pinnedServiceTimes.tasks;
    const values = { kind: "quantiles", values: [3, 1] };
    for (const [bad, detail] of [
      [{ ...pinnedServiceTimes, tasks: fewer }, /tasks must have .*specialized_science/],
      [{ ...pinnedServiceTimes, slides: values }, /slides\.values must ascend/],
      [{ ...pinnedServiceTimes, source: undefined }, /source must say where/],
      ["nothing", /the file/],
    ] as const) {
      await writeFile(join(cwd, "bad.json"), JSON.stringify(bad));
      const error = { code: "SERVICE_TIMES_INVALID", detail: expect.stringMatching(detail) };
      await expect(readServiceTimes(context, "bad.json")).rejects.toMatchObject(error);
    }
  });

  it("are not needed for traffic that is made up", async () => {
    const { arrivalsMs } = await readTraffic(context, "poisson:10/h,10h");
    expect(arrivalsMs).toHaveLength(100);
    for (const text of ["poisson:0/h", "poisson:ten/h", "poisson:10/h,soon", "poisson:9999999/h"]) {
      await expect(readTraffic(context, text), text).rejects.toMatchObject({ code: "USAGE" });
    }
  });
});

it("plays a trace at another rate with the same bursts, and keeps the newest of it", () => {
  const hour = 3_600_000;
  const slow = [0, 1, 2, 10].map((at) => at * hour);
  expect(atRate(slow, 6)).toEqual([0, 0.05, 0.1, 0.5].map((at) => at * hour));
  expect(newest(slow, 2)).toEqual([0, 8 * hour]);
  expect(newest(slow, 9)).toBe(slow);
});

it("prices pools by book, GPU and spot, and says what a book has", () => {
  const prd = { vision: 500_000, text: 800_000, shared: 800_000 };
  expect(pricesOf({ prices: "prd" })).toMatchObject({ microUsdPerHour: prd, quantumMs: 0 });
  const verda = pricesOf({ prices: "verda", gpu: "H100", spot: true });
  expect(verda).toMatchObject({ microUsdPerHour: { text: 1_790_000 }, quantumMs: 600_000 });
  expect(() => pricesOf({ prices: "mine" })).toThrow(/one of prd, verda/);
  expect(() => pricesOf({ prices: "verda", gpu: "GTX" })).toThrow(/has no GTX; it has .*H100/);
});

it("offers every topology of every book, and spot only where the book prices it", () => {
  const names = (book: string, options = {}) =>
    offersOf({ spotLostPerHour: "0.1", ...options })
      .filter(({ prices }) => prices.name === book)
      .map(({ name }) => name);
  expect(names("prd", { speed: "H100=2" })).toEqual(["split", "shared", "dedicated"]);
  const plain = ["split", "shared", "split on spot", "shared on spot", "dedicated"];
  expect(names("verda")).toEqual(plain);
  expect(names("verda", { speed: "H100=2.2" })).toContain("shared on H100 on spot");
  const dedicated = offersOf({ spotLostPerHour: "0" }).find((one) => one.name === "dedicated");
  expect((dedicated?.prices.microUsdPerHour.shared ?? 0) * 730).toBeCloseTo(800e6, -4);
  for (const bad of [{ speed: "GTX=2" }, { speed: "H100" }, { speed: "H100=-1" }]) {
    expect(() => offersOf({ spotLostPerHour: "0", ...bad })).toThrow(/--speed/);
  }
  expect(() => offersOf({ spotLostPerHour: "often" })).toThrow(/--spot-lost-per-hour/);
});
