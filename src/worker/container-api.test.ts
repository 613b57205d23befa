import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlDouble } from "../../test/support/control-double.ts";
import { slideOf } from "../../test/support/slides.ts";
import {
  fakePdf,
  pagesOf,
  patience,
  quiet,
  sha256,
  type TinyEngineOptions,
  tinyEngine,
  tinyPack,
} from "../../test/support/worker-parts.ts";
import {
  extractionsAndTemplate,
  slideFeedback,
  specializedAnalysis,
  visualAnalysis,
} from "../contract/results.ts";
import { type ContainerHealth, containerHealth } from "../contract/worker-protocol.ts";
import { seededRandom } from "../lib/random.ts";
import { createApiRequests } from "./api/requests.ts";
import { createResultShelf } from "./api/result-shelf.ts";
import { createContainerApi } from "./container-api.ts";
import { createControlClient } from "./control-client.ts";
import { createDocumentStore } from "./document-store.ts";
import type { Pool } from "./settings.ts";
import { createSlots } from "./slots.ts";
import { createVisualResults } from "./visual-results.ts";

const deck = pagesOf("Aurelia makes stents that dissolve", "We ask for 4 million euros today");
const pdf = { "content-type": "application/pdf" };
const slides = [slideOf(1, "Aurelia makes stents that dissolve")];

let workDir: string;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  workDir = await mkdtemp(join(tmpdir(), "container-api-"));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  expect(await readdir(workDir)).toEqual([]);
  await rm(workDir, { recursive: true });
});

interface Options extends TinyEngineOptions {
  readonly pool?: Pool;
  readonly host?: string;
  readonly control?: ControlDouble;
  readonly visionUrl?: string;
  readonly slots?: number;
  ready?: boolean;
}

async function apiOf(options: Options = {}) {
  const life = new AbortController();
  const random = seededRandom(3);
  const { pool = "shared", host = "127.0.0.1", visionUrl = null } = options;
  const control =
    options.control === undefined
      ? null
      : createControlClient({
          url: options.control.url,
          registrationToken: "registration",
          describe: () => ({
            protocol: 1,
            bootId: "boot-0001",
            pool,
            replica: 1,
            containerId: null,
            features: [],
            limits: { slots: 1, maxConcurrentPipelines: 1 },
            coordinationUrl: null,
            engine: { name: "ollama", model: "tiny" },
            gpu: null,
            pid: 1,
          }),
          onIdentity: () => undefined,
          life: life.signal,
          random,
          log: quiet,
        });
  const containerToken = "a token of this container";
  const engine = tinyEngine(options);
  const slots = createSlots(options.slots ?? 2);
  const requests = createApiRequests({ slots, ready: () => options.ready ?? true });
  const health: ContainerHealth = {
    status: "ok",
    reason: null,
    pool,
    replica: 1,
    phase: "ready",
    phaseSince: "2026-11-23T10:00:00Z",
    engine: engine.ref,
    queue: { slots: 2, running: 0, free: 2 },
    dependencies: { engine: { ok: true, detail: null } },
    pipelines: [
      {
        pipeline: "p",
        tasks: [{ task: "visual_analysis", fraction: 0.5, seconds: 1, stalledSeconds: 0 }],
      },
    ],
  };
  const documents = createDocumentStore({ workDir, openPdf: fakePdf().openPdf });
  const app = await createContainerApi({
    settings: { pool, host, containerToken },
    work: { engine, documents, taskPack: async () => tinyPack },
    requests,
    visualResults: createVisualResults({
      control,
      visionUrl,
      containerToken,
      ...patience,
      random,
      log: quiet,
    }),
    shelf: createResultShelf(),
    control,
    health: async () => health,
    life: life.signal,
    log: quiet,
  });
  ends.push(async () => {
    requests.abort();
    await app.close();
    life.abort();
  });
  return { app, engine, requests, health };
}

const multipart = (field: string, content: Buffer) => ({
  headers: { "content-type": "multipart/form-data; boundary=xyz" },
  payload: Buffer.concat([
    Buffer.from(
      `--xyz\r\ncontent-disposition: form-data; name="${field}"; filename="deck.pdf"\r\ncontent-type: application/pdf\r\n\r\n`,
    ),
    content,
    Buffer.from("\r\n--xyz--\r\n"),
  ]),
});

describe("the vision calls", () => {
  it("read a PDF sent as the body", async () => {
    const { app } = await apiOf();
    const answer = await app.inject({
      method: "POST",
      url: "/api/pipeline/visual-analysis",
      headers: pdf,
      payload: deck,
    });
    expect(answer.statusCode).toBe(200);
    const body = answer.json();
    expect(body).toMatchObject({ document: sha256(deck), gaps: [], engine: { name: "ollama" } });
    expect(visualAnalysis.parse(body).slides.map(({ slide }) => slide)).toEqual([1, 2]);
  });

  it("read a PDF sent as the multipart field file", async () => {
    const { app } = await apiOf();
    const url = "/api/pipeline/slide-feedback";
    const answer = await app.inject({ method: "POST", url, ...multipart("file", deck) });
    expect(answer.statusCode).toBe(200);
    const body = answer.json();
    expect(body.document).toBe(sha256(deck));
    expect(slideFeedback.parse(body).slides).toHaveLength(2);
  });

  it("say what is wrong with a file, in the document's own codes", async () => {
    const { app } = await apiOf();
    const url = "/api/pipeline/visual-analysis";
    const send = (headers: Record<string, string>, payload?: Buffer) =>
      app.inject({ method: "POST", url, headers, ...(payload ? { payload } : {}) });
    const answers = [
      await send(pdf, Buffer.from("not a pdf")),
      await send({}),
      await send({ "content-type": "image/png" }, Buffer.from("x")),
      await app.inject({
        method: "POST",
        url,
        headers: { "content-type": "multipart/form-data; boundary=xyz" },
        payload: "--xyz--\r\n",
      }),
    ];
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual([
      [422, "NOT_A_PDF"],
      [400, "NO_FILE"],
      [400, "BAD_REQUEST"],
      [400, "NO_FILE"],
    ]);
    expect(answers[0]?.headers["content-type"]).toContain("application/problem+json");
  });
});

describe("the text calls", () => {
  const post = (url: string, payload: unknown) => ({ method: "POST" as const, url, payload });
  const main = "/api/pipeline/extractions-and-template";
  const specialised = "/api/pipeline/specialized-analysis";

  it("work on the visual results sent along", async () => {
    const { app } = await apiOf();
    const answer = await app.inject(
      post(main, { document: "abc", visual_analysis: { slides } }) as never,
    );
    expect(answer.statusCode).toBe(200);
    expect(answer.json().document).toBe("abc");
    expect(extractionsAndTemplate.parse(answer.json()).template.score).toBe(4);
  });

  it("work on what the vision calls left here, and are told of the main task's gate", async () => {
    const { app } = await apiOf({
      think: async ({ ask }) => {
        if (ask.kind !== "extractions") return { questions: [], claims: [] };
        const none = { value: null, confidence: 0, evidence: [] };
        const value = { is_healthcare: false, sector: null };
        return {
          startup_name: none,
          company_offering: none,
          healthcare: { ...none, value },
          funding_amount: none,
          deck_date: none,
        };
      },
    });
    await app.inject({
      method: "POST",
      url: "/api/pipeline/visual-analysis",
      headers: pdf,
      payload: deck,
    });
    const document = sha256(deck);
    const open = await app.inject(post(specialised, { document, kind: "clinical" }) as never);
    expect(open.json()).toMatchObject({ applicable: true });
    const gate = await app.inject({
      method: "POST",
      url: "/api/results/save",
      payload: {
        document,
        task: "extractions_and_template",
        result: {
          extractions: {
            ...Object.fromEntries(
              ["startup_name", "company_offering", "funding_amount", "deck_date"].map((name) => [
                name,
                { value: null, confidence: 0, evidence: [], note: null, conflicts: [] },
              ]),
            ),
            healthcare: {
              value: { is_healthcare: false, sector: null },
              confidence: 1,
              evidence: [],
              note: null,
            },
          },
          template: { template: "general", chapters: [], score: null },
        },
      },
    });
    expect(gate.statusCode).toBe(200);
    const shut = await app.inject(post(specialised, { document, kind: "science" }) as never);
    expect(specializedAnalysis.parse(shut.json())).toMatchObject({ applicable: false, claims: [] });
  });

  it("answer UNKNOWN_DOCUMENT without visual results, and name the fields of a bad request", async () => {
    const { app } = await apiOf();
    const unknown = await app.inject(post(main, { document: "abc" }) as never);
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, "UNKNOWN_DOCUMENT"]);
    const bad = await app.inject(post(specialised, { document: "abc", kind: "x" }) as never);
    expect(bad.statusCode).toBe(400);
    expect(bad.json()).toMatchObject({ code: "BAD_REQUEST", errors: [{ path: "kind" }] });
  });
});

describe("cache and results", () => {
  it("keep visual results and give them back", async () => {
    const { app } = await apiOf({ pool: "text" });
    const url = "/api/cache/visual-results";
    const put = await app.inject({ method: "POST", url, payload: { document: "abc", slides } });
    expect(put.json()).toEqual({ document: "abc", slides: 1, forwarded: false });
    const got = await app.inject("/api/cache/visual-analysis?document=abc");
    expect(got.json()).toEqual({ document: "abc", slides });
    expect((await app.inject("/api/cache/visual-analysis?document=other")).statusCode).toBe(404);
  });

  it("fall through to the control plane where there is one", async () => {
    const control = await new ControlDouble().start();
    ends.push(() => control.stop());
    const { app } = await apiOf({ pool: "text", control });
    control.cached.set("known there", slides);
    const got = await app.inject("/api/cache/visual-analysis?document=known%20there");
    expect(got.json().slides).toEqual(slides);
    const url = "/api/cache/visual-results";
    await app.inject({ method: "POST", url, payload: { document: "told here", slides } });
    expect(control.cached.get("told here")).toEqual(slides);
    const leased = { document: "abc", lease: "1-2", task: "t", result: { a: 1 } };
    await app.inject({ method: "POST", url: "/api/results/save", payload: leased });
    expect(control.saved).toEqual([leased]);
  });

  it("come from the vision container when the text container has none", async () => {
    const vision = await apiOf({ pool: "vision" });
    const visionUrl = await vision.app.listen({ host: "127.0.0.1", port: 0 });
    const { app } = await apiOf({ pool: "text", visionUrl });
    const url = "/api/cache/visual-results";
    await vision.app.inject({ method: "POST", url, payload: { document: "abc", slides } });
    const got = await app.inject("/api/cache/visual-analysis?document=abc");
    expect(got.json().slides).toEqual(slides);
  });

  it("keep saved results by document, each task on its own", async () => {
    const { app } = await apiOf();
    const url = "/api/results/save";
    for (const task of ["one", "two"]) {
      const payload = { document: "abc", task, result: { task } };
      expect((await app.inject({ method: "POST", url, payload })).json()).toMatchObject({ task });
    }
    const got = await app.inject("/api/results?document=abc");
    expect(got.json().results).toEqual({ one: { task: "one" }, two: { task: "two" } });
    expect((await app.inject("/api/results?document=x")).json().code).toBe("UNKNOWN_DOCUMENT");
  });
});

describe("slots", () => {
  it("full, getting ready and draining each have their code and ask to come back later", async () => {
    const request = {
      method: "POST" as const,
      url: "/api/pipeline/visual-analysis",
      headers: pdf,
      payload: deck,
    };
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const options: Options = {
      slots: 1,
      see: () => {
        begin();
        return new Promise(() => undefined);
      },
    };
    const { app, requests } = await apiOf(options);
    const first = app.inject(request);
    await begun;
    const full = await app.inject(request);
    expect([full.statusCode, full.json().code]).toEqual([503, "MODEL_BUSY"]);
    expect(full.headers["retry-after"]).toBe("5");
    options.ready = false;
    expect((await app.inject(request)).json().detail).toContain("getting ready");
    await requests.drain(0);
    expect((await first).json().code).toBe("DRAINING");
    expect((await app.inject(request)).json().code).toBe("DRAINING");
  });
});

describe("who may call", () => {
  it("on loopback anyone of this machine, but no page that points its own name here", async () => {
    const { app } = await apiOf();
    const url = "/api/results?document=x";
    expect((await app.inject({ url, headers: { host: "127.0.0.1:81" } })).statusCode).toBe(404);
    const foreign = await app.inject({ url, headers: { host: "rebound.example" } });
    expect([foreign.statusCode, foreign.json().code]).toEqual([403, "FORBIDDEN"]);
  });

  it("elsewhere only with the container's token; health answers without naming work", async () => {
    const { app, health } = await apiOf({ host: "0.0.0.0" });
    const url = "/api/results?document=x";
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect((await app.inject(url)).json().code).toBe("UNAUTHORIZED");
    expect((await app.inject({ url, ...bearer("wrong") })).statusCode).toBe(401);
    const right = bearer("a token of this container");
    expect((await app.inject({ url, ...right })).statusCode).toBe(404);
    const bare = await app.inject("/api/health");
    expect(bare.statusCode).toBe(200);
    expect(containerHealth.parse(bare.json())).toMatchObject({ pipelines: [], dependencies: {} });
    expect((await app.inject({ url: "/api/health", ...right })).json()).toEqual(health);
  });

  it("health is 503 while the container cannot take work", async () => {
    const { app, health } = await apiOf();
    health.status = "starting";
    const answer = await app.inject("/api/health");
    expect([answer.statusCode, answer.json().status]).toEqual([503, "starting"]);
  });
});

it("each pool serves its own calls and no other's", async () => {
  const vision = await apiOf({ pool: "vision" });
  const url = "/api/pipeline/extractions-and-template";
  const answer = await vision.app.inject({ method: "POST", url, payload: {} });
  expect([answer.statusCode, answer.json().code]).toEqual([404, "ROUTE_NOT_FOUND"]);
  const text = await apiOf({ pool: "text" });
  const sent = await text.app.inject({ method: "POST", url: "/api/pipeline/visual-analysis" });
  expect(sent.json().code).toBe("ROUTE_NOT_FOUND");
});
