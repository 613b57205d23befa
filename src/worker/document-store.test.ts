import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fakePdf, gate, pagesOf, sha256 } from "../../test/support/worker-parts.ts";
import { AppError } from "../errors/app-error.ts";
import { createDocumentStore, type DocumentSource, saveStream } from "./document-store.ts";
import { raised } from "./signals.ts";

const { signal } = new AbortController();
let workDir: string;

beforeEach(async () => {
  workDir = await mkdtemp(join(tmpdir(), "document-store-"));
});
afterEach(() => rm(workDir, { recursive: true }));

const sourceOf = (key: string, bytes: Buffer): DocumentSource & { fetches: number } => ({
  key,
  sha256: sha256(bytes),
  fetches: 0,
  async fetch(file) {
    this.fetches += 1;
    await writeFile(file, bytes);
  },
});

it("fetches, opens and draws once for two users, and removes everything after the last", async () => {
  const pdf = fakePdf();
  const store = createDocumentStore({ workDir, openPdf: pdf.openPdf });
  const source = sourceOf("p/1", pagesOf("one", "two"));
  const [first, second] = await Promise.all([
    store.open(source, signal),
    store.open(source, signal),
  ]);
  await Promise.all([first.page(1, signal), second.page(1, signal), second.page(2, signal)]);
  expect(pdf.drawn).toEqual([1, 2]);
  expect(source.fetches).toBe(1);
  await first.release();
  await first.release();
  expect(pdf.open()).toBe(1);
  await second.release();
  expect(pdf.open()).toBe(0);
  expect(await readdir(workDir)).toEqual([]);
});

it("keeps documents of different keys apart although their bytes are equal", async () => {
  const pdf = fakePdf();
  const store = createDocumentStore({ workDir, openPdf: pdf.openPdf });
  const bytes = pagesOf("one");
  const first = await store.open(sourceOf("a", bytes), signal);
  const second = await store.open(sourceOf("b", bytes), signal);
  expect(pdf.open()).toBe(2);
  await Promise.all([first.release(), second.release()]);
});

it("removes the file when fetching or opening fails, and tries anew for the next user", async () => {
  const pdf = fakePdf();
  const store = createDocumentStore({ workDir, openPdf: pdf.openPdf });
  const refused = store.open(sourceOf("a", pagesOf("not a pdf")), signal);
  await expect(refused).rejects.toMatchObject({ code: "NOT_A_PDF" });
  expect(await readdir(workDir)).toEqual([]);
  const handle = await store.open(sourceOf("a", pagesOf("one")), signal);
  expect(handle.pages).toBe(1);
  await handle.release();
});

it("draws a broken page twice in all, whoever asks", async () => {
  const pdf = fakePdf();
  const store = createDocumentStore({ workDir, openPdf: pdf.openPdf });
  const handle = await store.open(sourceOf("a", pagesOf("broken")), signal);
  for (let times = 0; times < 4; times += 1) {
    await expect(handle.page(1, signal)).rejects.toMatchObject({ code: "RENDER_FAILED" });
  }
  expect(pdf.drawn).toEqual([1, 1]);
  await handle.release();
});

it("drops the oldest drawn page beyond its memory and draws it again when asked", async () => {
  const pdf = fakePdf();
  const store = createDocumentStore({ workDir, openPdf: pdf.openPdf, pagesBytesMax: 20 });
  const handle = await store.open(sourceOf("a", pagesOf("one", "two", "three")), signal);
  for (const page of [1, 2, 3, 3, 1]) await handle.page(page, signal);
  expect(pdf.drawn).toEqual([1, 2, 3, 1]);
  await handle.release();
});

it("ends one user's wait without ending the other's", async () => {
  const pdf = fakePdf();
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const store = createDocumentStore({ workDir, openPdf: pdf.openPdf });
  const source: DocumentSource = {
    key: "a",
    sha256: "",
    fetch: async (file) => {
      await arrived;
      await writeFile(file, pagesOf("one"));
    },
  };
  const impatient = new AbortController();
  const [first, second] = [store.open(source, impatient.signal), store.open(source, signal)];
  impatient.abort(new AppError("LEASE_LOST"));
  await expect(first).rejects.toMatchObject({ code: "LEASE_LOST" });
  arrive();
  await (await second).release();
  expect(await readdir(workDir)).toEqual([]);
});

it("runs shared work once, and again only after it failed", async () => {
  const store = createDocumentStore({ workDir, openPdf: fakePdf().openPdf });
  const handle = await store.open(sourceOf("a", pagesOf("one")), signal);
  let runs = 0;
  const work = async (): Promise<void> => {
    runs += 1;
    if (runs === 1) throw new Error("once");
  };
  const once = () => handle.once("picture 1", work, signal);
  await expect(once()).rejects.toThrow("once");
  await Promise.all([once(), once()]);
  expect(runs).toBe(2);
  await store.close();
});

it("does shared work anew for the one user when the other's lease, under which it ran, is lost", async () => {
  const store = createDocumentStore({ workDir, openPdf: fakePdf().openPdf });
  const source = sourceOf("a", pagesOf("one"));
  const [first, second] = [await store.open(source, signal), await store.open(source, signal)];
  const losing = new AbortController();
  const ran: string[] = [];
  const lost = first.once(
    "picture 1",
    async () => {
      ran.push("first");
      await raised(losing.signal);
      throw losing.signal.reason;
    },
    losing.signal,
  );
  const kept = second.once("picture 1", async () => void ran.push("second"), signal);
  losing.abort(new AppError("LEASE_LOST"));
  await expect(lost).rejects.toMatchObject({ code: "LEASE_LOST" });
  await kept;
  await second.once("picture 1", async () => void ran.push("again"), signal);
  expect(ran).toEqual(["first", "second"]);
  await store.close();
});

it("ends one user's wait for shared work when its own signal is raised, and the work goes on", async () => {
  const store = createDocumentStore({ workDir, openPdf: fakePdf().openPdf });
  const source = sourceOf("a", pagesOf("one"));
  const [first, second] = [await store.open(source, signal), await store.open(source, signal)];
  const { opened, open } = gate();
  const work = first.once("picture 1", () => opened, signal);
  const impatient = new AbortController();
  const wait = second.once("picture 1", () => opened, impatient.signal);
  impatient.abort(new AppError("TASK_TIMEOUT"));
  await expect(wait).rejects.toMatchObject({ code: "TASK_TIMEOUT" });
  open();
  await work;
  await store.close();
});

it("refuses a stream that is larger than allowed", async () => {
  async function* chunks() {
    yield Buffer.alloc(6);
    yield Buffer.alloc(6);
  }
  const saved = saveStream(chunks(), join(workDir, "x"), 10);
  await expect(saved).rejects.toMatchObject({ code: "FILE_TOO_LARGE" });
});
