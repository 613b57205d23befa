import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scalingDefaults, scalingOf } from "../../src/core/autoscaler/settings.ts";
import { runStudy, type StudyJob } from "../../src/sim/study/job.ts";
import { judgedOf } from "../../src/sim/study/spans.ts";
import { poissonArrivals } from "../../src/sim/worlds/arrivals.ts";
import { prdColdStarts } from "../../src/sim/worlds/cold-starts.ts";
import { pinnedServiceTimes } from "../../src/sim/worlds/pinned-service-times.ts";
import { brokenRules, isBrowserMissing, screenshot, startBrowser } from "../support/browser.ts";
import { type Home, makeHome } from "../support/home.ts";
import { runCli, startCli } from "../support/product.ts";

const microUsdPerHour = { vision: 500_000, text: 800_000 };
const arrivalsMs = [...poissonArrivals({ perHour: 6, count: 200, seed: 5 })];
const job = (policy: string): StudyJob => ({
  ...{ policy, arrivalsMs, seed: 1, withinMs: 600_000, window: null },
  base: {
    ...{ scaling: scalingOf(scalingDefaults), topology: "split" },
    ...{ microUsdPerHour, quantumMs: 0 },
  },
  ...{ service: pinnedServiceTimes, coldStarts: prdColdStarts },
  priceLists: [{ name: "prd", microUsdPerHour, quantumMs: 0 }],
  judged: judgedOf(arrivalsMs),
});

/** The module as one script that puts what it exports into `Simulator`. */
async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("../../src/sim/study/job.ts", import.meta.url));
  const built = await build({
    ...{ configFile: false, logLevel: "silent" },
    build: { write: false, lib: { entry, formats: ["iife"], name: "Simulator" } },
  });
  const [first] = Array.isArray(built) ? built : [built];
  if (first === undefined || !("output" in first)) throw new Error("nothing was built");
  return first.output[0].code;
}

describe.skipIf(isBrowserMissing)("the simulator in a browser", () => {
  let home: Home;
  let browser: Browser;
  beforeAll(async () => {
    home = await makeHome();
    browser = await startBrowser(home);
  });
  afterAll(async () => {
    await browser.close();
    await home.remove();
  });

  it.each(["reference", "just-in-time"])("plays %s to the same end as here", async (policy) => {
    const page = await browser.newPage();
    await page.addScriptTag({ content: await bundle() });
    await page.evaluate((given) => Object.assign(globalThis, { given }), job(policy));
    const text = await page.evaluate<string>("JSON.stringify(Simulator.runStudy(given).waits)");
    const here = runStudy(job(policy));
    expect(JSON.parse(text)).toEqual(here.waits);
    const documents = await page.evaluate<number[]>(
      "Simulator.runStudy(given).blocks.map((block) => block.documents)",
    );
    expect(documents).toEqual(here.blocks.map((block) => block.documents));
    await page.close();
  });

  it("shows a report that asks for nothing, breaks no rule and can be read in the dark", async () => {
    const file = `${home.dir}/report.html`;
    const words = ["simulate", "--trace", "poisson:6/h,3d", "--seeds", "1", "--html", file];
    const done = await runCli(home, words);
    expect(done.code, done.said).toBe(0);
    expect(await readFile(file, "utf8")).toContain("</html>");
    for (const colorScheme of ["light", "dark"] as const) {
      const viewport = { width: 1200, height: 900 };
      const context = await browser.newContext({ colorScheme, viewport });
      const page = await context.newPage();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(`file://${file}`);
      await screenshot(page, `report-${colorScheme}`);
      expect(asked).toEqual([`file://${file}`]);
      expect(await brokenRules(page)).toEqual([]);
      await context.close();
    }
  });
});

it("ends at Ctrl-C in the middle of a long simulation, and leaves nothing", async () => {
  const home = await makeHome();
  const words = ["simulate", "--trace", "poisson:60/h,60d", "--seeds", "9", "--progress", "plain"];
  const run = startCli(home, [...words, "--policy", "reference,just-in-time"]);
  await run.heard(/Simulating: 1 of 18/);
  run.child.kill("SIGINT");
  const ended = await run.ended;
  expect([ended.code, ended.out]).toEqual([130, ""]);
  expect(await home.leftovers()).toEqual([]);
  await home.remove();
});
