import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import PDFDocument from "pdfkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ControlDouble } from "../../test/support/control-double.ts";
import { startOllamaDouble } from "../../test/support/ollama-double.ts";
import { leaseOf } from "../../test/support/worker-parts.ts";
import { slideFeedback, visualAnalysis } from "../contract/results.ts";
import { childEntry } from "../lib/entry.ts";
import { createModelSlots } from "../providers/local/model-slots.ts";

let workDir: string;
let pdf: Buffer;
const children: ChildProcess[] = [];

beforeAll(async () => {
  workDir = await mkdtemp(join(tmpdir(), "worker-main-"));
  pdf = await makePdf();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rm(workDir, { recursive: true }));

async function makePdf(): Promise<Buffer> {
  const document = new PDFDocument({ size: [960, 540] });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const done = once(document, "end");
  document.fontSize(40).text("Aurelia makes stents that dissolve");
  document.addPage().fontSize(40).text("We are raising EUR 4.5M");
  document.end();
  await done;
  return Buffer.concat(chunks);
}

function run(env: Record<string, string>): ChildProcess {
  const { file, execArgv } = childEntry(import.meta.url, "./main");
  const child = fork(file, {
    execArgv,
    env: { PATH: process.env.PATH, PILOTLIGHT_WORK_DIR: workDir, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  children.push(child);
  return child;
}

interface Line {
  readonly msg: string;
  readonly url?: string;
  readonly phase?: string;
}

/** The first log line that `look` accepts. */
async function lineOf(child: ChildProcess, look: (line: Line) => boolean): Promise<Line> {
  for await (const text of createInterface({ input: child.stdout! })) {
    const line = JSON.parse(text) as Line;
    if (look(line)) return line;
  }
  throw new Error("The container ended before it said so.");
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, "exit");
  return code;
}

const alone = { PILOTLIGHT_POOL: "vision" };

describe("a lone container", () => {
  it("reads a real PDF over HTTP, then drains on SIGTERM and leaves nothing behind", async () => {
    const child = run(alone);
    const { url } = await lineOf(child, ({ msg }) => msg === "listening");
    child.stdout?.resume();
    const health = async () => (await fetch(`${url}/api/health`)).status;
    await expect.poll(health, { timeout: 20_000 }).toBe(200);
    const form = new FormData();
    form.set("file", new File([new Uint8Array(pdf)], "deck.pdf", { type: "application/pdf" }));
    const [seen, reviewed] = await Promise.all([
      fetch(`${url}/api/pipeline/visual-analysis`, {
        method: "POST",
        headers: { "content-type": "application/pdf" },
        body: new Uint8Array(pdf),
      }),
      fetch(`${url}/api/pipeline/slide-feedback`, { method: "POST", body: form }),
    ]);
    const analysis = visualAnalysis.parse(await seen.json());
    expect(analysis.slides.map(({ text }) => text)).toEqual([
      expect.stringContaining("Aurelia"),
      expect.stringContaining("4.5M"),
    ]);
    expect(slideFeedback.parse(await reviewed.json()).slides).toHaveLength(2);
    child.kill("SIGTERM");
    expect(await exitOf(child)).toBe(0);
    expect(await readdir(workDir)).toEqual([]);
  });

  it("ends on Ctrl-C", async () => {
    const child = run(alone);
    await lineOf(child, ({ phase }) => phase === "ready");
    child.kill("SIGINT");
    expect(await exitOf(child)).toBe(0);
  });

  it("ends at once when its parent is gone", async () => {
    const child = run(alone);
    await lineOf(child, ({ msg }) => msg === "listening");
    child.disconnect();
    expect(await exitOf(child)).toBe(1);
    expect(await readdir(workDir)).toEqual([]);
  });

  it("removes what a killed predecessor of its replica left behind, and nobody else's", async () => {
    // Beyond the largest process id of the system: nobody alive has it.
    const [dead, other] = ["pilotlight-vision-1-4999999-a", "pilotlight-text-1-4999999-a"];
    await Promise.all([dead, other].map((name) => mkdir(join(workDir, name))));
    const child = run(alone);
    await lineOf(child, ({ msg }) => msg === "listening");
    const left = await readdir(workDir);
    expect(left).not.toContain(dead);
    expect(left).toContain(other);
    await rm(join(workDir, other), { recursive: true });
    child.kill("SIGTERM");
    await exitOf(child);
  });
});

describe("a container with a control plane", () => {
  it("works a leased task of a real PDF, ignores Ctrl-C, and drains on SIGTERM", async () => {
    const control = await new ControlDouble().start();
    try {
      const child = run({
        ...alone,
        PILOTLIGHT_CONTROL_URL: control.url,
        PILOTLIGHT_REGISTRATION_TOKEN: "registration",
      });
      child.stdout?.resume();
      const lease = leaseOf("visual_analysis", pdf);
      control.documents.set(lease.document.sha256, pdf);
      await control.until(() => control.requests.length > 0);
      child.kill("SIGINT");
      control.give(lease);
      const outcome = await control.until(() => control.settled.get(lease.id));
      expect(outcome).toMatchObject({ kind: "done", engine: { name: "extractive" } });
      expect(control.slides.map(({ slide }) => slide)).toEqual([1, 2]);
      expect(control.pages.every(({ bytes }) => bytes > 1000)).toBe(true);
      child.kill("SIGTERM");
      child.kill("SIGTERM");
      expect(await exitOf(child)).toBe(0);
      expect(control.heartbeats.at(-1)?.phase).toBe("stopped");
      const said = control.logs.flat().map((line) => (JSON.parse(line) as Line).msg);
      expect(said).toEqual(expect.arrayContaining(["listening", "task ended", "draining"]));
      expect(control.logs.flat().join()).not.toContain("Aurelia");
    } finally {
      await control.stop();
    }
  });
});

describe("a container that shares a model server", () => {
  const sharing = (host: string) => ({
    PILOTLIGHT_POOL: "text",
    PILOTLIGHT_ENGINE: "ollama",
    PILOTLIGHT_MODEL: "gemma3:27b",
    PILOTLIGHT_MODEL_SLOTS: "parent",
    OLLAMA_HOST: host,
  });

  it("calls it only when its parent grants the call, and gives the place back", async () => {
    const server = await startOllamaDouble();
    try {
      const child = run(sharing(server.url));
      const said: unknown[] = [];
      child.on("message", (message) => said.push(message));
      createModelSlots(1).serve(child);
      await lineOf(child, ({ phase }) => phase === "ready");
      await expect
        .poll(() => said)
        .toEqual([
          { kind: "slot.ask", id: 1 },
          { kind: "slot.give", id: 1 },
        ]);
      child.kill("SIGTERM");
      expect(await exitOf(child)).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it("does not start where no parent is there to ask", async () => {
    const { file, execArgv } = childEntry(import.meta.url, "./main");
    const env = { PATH: process.env.PATH, PILOTLIGHT_WORK_DIR: workDir, ...sharing("127.0.0.1:1") };
    const child = spawn(process.execPath, [...execArgv, file], { env, stdio: "ignore" });
    children.push(child);
    expect(await exitOf(child)).toBe(2);
  });
});

it("ends with 2 and one sentence when its start parameters are wrong", async () => {
  const child = run({ PILOTLIGHT_POOL: "vision", PILOTLIGHT_HOST: "0.0.0.0" });
  const [text] = await once(child.stderr!, "data");
  expect(String(text)).toMatch(/^CONFIG_INVALID: .*PILOTLIGHT_CONTAINER_TOKEN.*\n$/);
  expect(await exitOf(child)).toBe(2);
});
