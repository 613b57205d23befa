import { afterEach, beforeEach, expect, it } from "vitest";
import {
  extractionsAndTemplate,
  slideFeedback,
  specializedAnalysis,
  visualAnalysis,
} from "../../src/contract/results.ts";
import { containerHealth } from "../../src/contract/worker-protocol.ts";
import { sampleDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import { type CliRun, startCli } from "../support/product.ts";

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

/** A container without a control plane, once it is ready. */
async function startWorker(pool: "vision" | "text"): Promise<{ run: CliRun; url: string }> {
  const run = startCli(home, ["worker", "--pool", pool]);
  await run.heard(/listens on http:\S+/);
  const url = /listens on (http:\S+)/.exec(run.saidSoFar())?.[1] ?? "";
  await expect
    .poll(async () => (await health(url)).status, { timeout: 30_000, interval: 100 })
    .toBe("ok");
  return { run, url };
}

const health = async (url: string) =>
  containerHealth.parse(await (await fetch(`${url}/api/health`)).json());

async function post(url: string, body: unknown, type = "application/json") {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": type },
    body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function stopped({ child, ended }: CliRun): Promise<number | null> {
  child.kill("SIGINT");
  return (await ended).code;
}

it("serves each pool's calls from lone containers, without a control plane", async () => {
  const [vision, text] = await Promise.all([startWorker("vision"), startWorker("text")]);
  const pdf = await sampleDeck("aurelia-cardio.pdf");

  expect(await health(vision.url)).toMatchObject({ pool: "vision", phase: "ready" });
  const seen = await post(`${vision.url}/api/pipeline/visual-analysis`, pdf, "application/pdf");
  expect(seen.status).toBe(200);
  const document = String(seen.body.document);
  const { slides } = visualAnalysis.parse(seen.body);
  expect(slides).toHaveLength(14);

  const feedback = await post(`${vision.url}/api/pipeline/slide-feedback`, pdf, "application/pdf");
  expect(feedback).toMatchObject({ status: 200, body: { document } });
  expect(slideFeedback.parse(feedback.body).slides).toHaveLength(14);

  const kept = await post(`${vision.url}/api/cache/visual-results`, { document, slides });
  expect(kept).toMatchObject({ status: 200, body: { document, slides: 14 } });

  // The text container: nothing is known there until it is handed over.
  expect(await health(text.url)).toMatchObject({ pool: "text", phase: "ready" });
  const cache = `${text.url}/api/cache/visual-analysis?document=${document}`;
  expect((await fetch(cache)).status).toBe(404);
  expect((await post(`${text.url}/api/cache/visual-results`, { document, slides })).status).toBe(
    200,
  );
  const cached = (await (await fetch(cache)).json()) as { slides: unknown[] };
  expect(cached.slides).toHaveLength(14);

  const main = await post(`${text.url}/api/pipeline/extractions-and-template`, { document });
  expect(main.status).toBe(200);
  const { extractions } = extractionsAndTemplate.parse(main.body);
  expect(extractions.startup_name.value).toBe("Aurelia Cardio");

  for (const kind of ["clinical", "regulatory", "science"]) {
    const special = await post(`${text.url}/api/pipeline/specialized-analysis`, { document, kind });
    expect(special.status).toBe(200);
    expect(specializedAnalysis.parse(special.body).applicable).toBe(true);
  }

  const result = { applicable: false, note: "by hand" };
  const task = "specialized_science";
  const saved = await post(`${text.url}/api/results/save`, { document, task, result });
  expect(saved).toMatchObject({ status: 200, body: { document, task, saved: true } });
  const shelf = await fetch(`${text.url}/api/results?document=${document}`);
  expect(await shelf.json()).toMatchObject({ results: { [task]: result } });

  expect(await Promise.all([stopped(vision.run), stopped(text.run)])).toEqual([0, 0]);
  expect(await home.leftovers()).toEqual([]);
});

it("answers a wrong call of a lone container with a code", async () => {
  const { run, url } = await startWorker("vision");
  const bytes = Buffer.from("not a deck");
  const refused = await post(`${url}/api/pipeline/visual-analysis`, bytes, "application/pdf");
  expect(refused).toMatchObject({ status: 422, body: { code: "NOT_A_PDF" } });
  expect(await post(`${url}/api/pipeline/extractions-and-template`, {})).toMatchObject({
    status: 404,
    body: { code: "ROUTE_NOT_FOUND" },
  });
  // Killed hard, its container ends by itself.
  run.child.kill("SIGKILL");
  await run.ended;
  expect((await home.leftovers()).filter((line) => line.startsWith("process"))).toEqual([]);
});
