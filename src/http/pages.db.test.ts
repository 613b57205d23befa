import { readdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type ControlPlane,
  call,
  createControlPlane,
  formOf,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { deckOf } from "../../test/support/decks.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { type Blobs, pageKey } from "../blobs/blobs.ts";
import { defaultPdfLimits } from "../pdf/index.ts";
import { createPageDrawer } from "../services/page-drawer.ts";
import { trimPages } from "../services/page-store.ts";

const key = "a key of this test, long enough";
let db: TestDatabase;
let plane: ControlPlane;
let id = "";
let sha256 = "";
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db, { apiKeys: [key], pages: { waitingMax: 2 } });
  const deck = await deckOf(["One", "Two", "Three", "Four", "Five"]);
  const sent = await call(plane.app, "POST", "/api/documents", {
    token: key,
    ...formOf("a.pdf", deck),
  });
  ({ id, sha256 } = sent.body.document);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  call(plane.app, "GET", `/api/documents/${id}${path}`, { token: key, headers });
const stored = async (): Promise<string[]> => {
  const all = await plane.context.blobs.list();
  return all
    .map((blob) => blob.key)
    .filter((name) => name.includes("/pages/"))
    .sort();
};
const keyOf = (page: number, width = 1280): string => pageKey("default", sha256, page, width);

describe("a page's picture that no container handed over", () => {
  it("is drawn when it is asked for, in three sizes, and stored once", async () => {
    expect(await stored()).toEqual([]);
    for (const [size, width] of [
      ["thumb", 160],
      ["view", 640],
      ["model", 1280],
    ] as const) {
      const answer = await get(`/pages/1.jpg?size=${size}`);
      expect([answer.status, answer.headers["content-type"]]).toEqual([200, "image/jpeg"]);
      expect((await sharp(answer.raw).metadata()).width).toBe(width);
    }
    expect(await stored()).toEqual([keyOf(1), keyOf(1, 160), keyOf(1, 640)].sort());
    expect(await readdir(join(plane.context.dir, "tmp"))).toEqual([]);
  });

  it("is told not to have changed", async () => {
    const { etag = "" } = (await get("/pages/1.jpg")).headers;
    const again = await get("/pages/1.jpg", { "if-none-match": etag });
    expect([again.status, again.headers.etag]).toEqual([304, etag]);
    expect([again.raw.length, again.headers["content-length"]]).toEqual([0, undefined]);
    expect((await get("/pages/1.jpg", { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("is refused where there is no such page, size or right", async () => {
    expectProblem(await get("/pages/6.jpg"), "SLIDE_NOT_FOUND");
    expectProblem(await get("/pages/0.jpg"), "BAD_REQUEST");
    expectProblem(await get("/pages/1.jpg?size=huge"), "BAD_REQUEST");
    expectProblem(await call(plane.app, "GET", `/api/documents/${id}/pages/1.jpg`), "UNAUTHORIZED");
  });

  it("waits for its turn, and is refused when too many wait", async () => {
    const answers = await Promise.all([2, 2, 3, 4, 5].map((page) => get(`/pages/${page}.jpg`)));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    for (const answer of busy) expectProblem(answer, "PAGES_BUSY");
    const [first, same] = answers;
    expect(first?.status).toBe(200);
    expect(first?.raw.equals(same?.raw ?? Buffer.alloc(0))).toBe(true);
  });

  it("is let go when there are too many, the oldest first, and drawn again", async () => {
    const [, , view] = [await get("/pages/1.jpg"), await get("/pages/2.jpg"), await stored()];
    expect(view).toContain(keyOf(1));
    expect(await trimPages(plane.context, 1e9)).toBe(0);
    expect(await trimPages(plane.context, 0)).toBe(view.length);
    expect(await stored()).toEqual([]);
    expect((await get("/pages/1.jpg")).status).toBe(200);
    expect((await get("/file")).status).toBe(200);
  });
});

describe("whoever draws", () => {
  const drawer = (given: { drawMsMax?: number; pageMs?: number }, opened: () => void) => {
    const { context } = plane;
    const blobs: Blobs = {
      ...context.blobs,
      open: (name) => {
        opened();
        return context.blobs.open(name);
      },
    };
    const limits = { ...defaultPdfLimits, fallbackMs: 0, pageMs: given.pageMs ?? 8_000 };
    const tempDir = join(context.dir, "tmp");
    const { drawMsMax = 60_000 } = given;
    return createPageDrawer({ ...context, blobs }, { tempDir, limits, waitingMax: 9, drawMsMax });
  };
  const wanted = () => ({ workspace: "default", sha256 });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error) => error.code,
    );

  it("opens a document once for the pages that wait, and never for what is stored", async () => {
    await trimPages(plane.context, 0);
    let opened = 0;
    const one = drawer({}, () => {
      opened += 1;
    });
    await Promise.all([1, 2, 3].map((page) => one.draw(wanted(), page)));
    await one.draw(wanted(), 2);
    expect(opened).toBe(1);
    expect(await one.draw({ workspace: "default", sha256: "0".repeat(64) }, 1)).toBeUndefined();
    await one.close();
  });

  it("does not try a page again at once that took too long", async () => {
    await trimPages(plane.context, 0);
    let opened = 0;
    const one = drawer({ pageMs: 1 }, () => {
      opened += 1;
    });
    expect(await codeOf(one.draw(wanted(), 1))).toBe("PDF_TIMEOUT");
    expect(await codeOf(one.draw(wanted(), 1))).toBe("PDF_TIMEOUT");
    expect(opened).toBe(1);
    plane.context.advance(601_000);
    expect(await codeOf(one.draw(wanted(), 1))).toBe("PDF_TIMEOUT");
    expect(opened).toBe(2);
    await one.close();
  });

  it("gives up in time, and when the control plane stops", async () => {
    await trimPages(plane.context, 0);
    const late = drawer({ drawMsMax: 1 }, () => undefined);
    expect(await codeOf(late.draw(wanted(), 1))).toBe("PAGES_BUSY");
    await late.close();
    const stopping = drawer({}, () => undefined);
    const codes = [1, 2].map((page) => codeOf(stopping.draw(wanted(), page)));
    await stopping.close();
    expect(await Promise.all(codes)).toEqual(["SHUTTING_DOWN", "SHUTTING_DOWN"]);
    expect(await readdir(join(plane.context.dir, "tmp"))).toEqual([]);
  });
});
