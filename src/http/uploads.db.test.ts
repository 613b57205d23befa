import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type CallOptions,
  type ControlPlane,
  call as callApp,
  createControlPlane,
  exampleDeck,
  formOf,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { documentSummary } from "../contract/documents.ts";
import type { errorCodes } from "../errors/codes.ts";

let db: TestDatabase;
let plane: ControlPlane;
let deck: Buffer;
const bytesMax = 1_000_000;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db, { limits: { bytesMax } });
  deck = await readFile(exampleDeck);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

type Method = Parameters<typeof callApp>[1];
const call = (method: Method, url: string, options?: CallOptions): Promise<Answer> =>
  callApp(plane.app, method, url, options);
const pdf = { "content-type": "application/pdf" };

/** What a refused upload must not leave behind. */
const traces = async () => {
  const [rows] = await db.sql`select (select count(*)::int from documents) as documents,
    (select count(*)::int from pipelines) as pipelines, (select count(*)::int from ready) as ready`;
  const temp = await readdir(join(plane.context.dir, "tmp")).catch(() => []);
  const blobs = await readdir(join(plane.context.dir, "blobs"), { recursive: true }).catch(
    () => [],
  );
  return { rows, temp, blobs: blobs.sort() };
};

describe("an upload", () => {
  it("as a form starts a pipeline, and a repeat under the same key is the same document", async () => {
    const form = formOf("../Décks/My déck.pdf", deck);
    const headers = { ...form.headers, "idempotency-key": "once" };
    const url = "/api/workspaces/default/documents?priority=7";
    const first = await call("POST", url, { ...form, headers });
    expect(first.status).toBe(202);
    const { document } = first.body;
    expect(documentSummary.parse(document)).toEqual(document);
    expect(document).toMatchObject({
      name: "My déck.pdf",
      bytes: deck.length,
      workspace: "default",
    });
    expect(document.pages).toBeGreaterThan(5);
    expect(document.pipeline).toMatchObject({ state: "active", generation: 1 });
    expect(document.pipeline.status.type).toBe("pending");
    const again = await call("POST", url, { ...form, headers });
    expect(again.body.document.id).toBe(document.id);
    expect(again.body.document.pipeline.id).toBe(document.pipeline.id);
    const file = await call("GET", `/api/documents/${document.id}/file`);
    expect(file.raw.equals(deck)).toBe(true);
    expect(file.headers["content-disposition"]).toContain("My%20d%C3%A9ck.pdf");
    await call("POST", `/api/documents/${document.id}/cancel`);
  });

  it("as the body itself takes its name from the address, in the short form too", async () => {
    const answer = await call("POST", "/api/documents?name=raw.pdf", {
      payload: deck,
      headers: pdf,
    });
    expect(answer.body.document).toMatchObject({ name: "raw.pdf", workspace: "default" });
    const other = await call("POST", "/api/documents", {
      payload: await readFile(exampleDeck.replace("aurelia-cardio", "loopfreight")),
      headers: { ...pdf, "idempotency-key": "once" },
    });
    expectProblem(other, "IDEMPOTENCY_CONFLICT");
    await call("POST", `/api/documents/${answer.body.document.id}/cancel`);
  });

  const big = Buffer.alloc(bytesMax + 1, "%PDF-1.7 ");
  const cut = "/api/documents";
  const refusals: [string, keyof typeof errorCodes, () => CallOptions & { url?: string }][] = [
    ["no body", "NO_FILE", () => ({})],
    ["JSON", "NO_FILE", () => ({ body: { file: "deck.pdf" } })],
    [
      "JSON null",
      "NO_FILE",
      () => ({ payload: "null", headers: { "content-type": "application/json" } }),
    ],
    [
      "a form without a file",
      "NO_FILE",
      () => {
        const form = formOf("x", Buffer.from(""));
        return { ...form, payload: "------pilotlight-test--\r\n" };
      },
    ],
    [
      "a form that breaks off",
      "BAD_REQUEST",
      () => {
        const form = formOf("deck.pdf", deck);
        return { ...form, payload: form.payload.subarray(0, 5000) };
      },
    ],
    [
      "a form without a boundary",
      "BAD_REQUEST",
      () => ({
        payload: "x",
        headers: { "content-type": "multipart/form-data" },
      }),
    ],
    [
      "a type nobody knows",
      "BAD_REQUEST",
      () => ({
        payload: "x",
        headers: { "content-type": "application/x-unknown" },
      }),
    ],
    ["an empty file", "EMPTY_FILE", () => formOf("deck.pdf", Buffer.from(""))],
    ["an empty body", "EMPTY_FILE", () => ({ payload: Buffer.from(""), headers: pdf })],
    ["something else", "NOT_A_PDF", () => formOf("deck.pdf", Buffer.from("PK\u0003\u0004 a zip"))],
    ["a PDF that is cut off", "PDF_DAMAGED", () => formOf("deck.pdf", deck.subarray(0, 3000))],
    ["a form that is too large", "FILE_TOO_LARGE", () => formOf("deck.pdf", big)],
    ["a body that is too large", "FILE_TOO_LARGE", () => ({ payload: big, headers: pdf })],
    [
      "an unknown pack",
      "PACK_NOT_FOUND",
      () => ({ ...formOf("deck.pdf", deck), url: `${cut}?pack=none` }),
    ],
    [
      "a pack's name with a NUL",
      "BAD_REQUEST",
      () => ({ ...formOf("deck.pdf", deck), url: `${cut}?pack=a%00` }),
    ],
    [
      "a priority out of range",
      "BAD_REQUEST",
      () => ({ ...formOf("deck.pdf", deck), url: `${cut}?priority=10` }),
    ],
    ["an empty name", "BAD_REQUEST", () => ({ ...formOf("deck.pdf", deck), url: `${cut}?name=` })],
    [
      "a key that is too long",
      "BAD_REQUEST",
      () => {
        const form = formOf("deck.pdf", deck);
        return { ...form, headers: { ...form.headers, "idempotency-key": "k".repeat(201) } };
      },
    ],
  ];

  it.each(refusals)("of %s is refused and leaves nothing (%s)", async (_title, code, make) => {
    const before = await traces();
    const { url = cut, ...options } = make();
    const answer = await call("POST", url, options);
    expectProblem(answer, code);
    if (code === "FILE_TOO_LARGE") expect(answer.body.detail).toBe("At most 1 MB are taken here.");
    expect(await traces()).toEqual(before);
  });

  it("with more pages than its pack takes is refused, also by its hash", async () => {
    const { document } = (await call("POST", "/api/documents", formOf("a.pdf", deck))).body;
    await call("POST", `/api/documents/${document.id}/cancel`);
    const allow = (pages: number) =>
      db.sql`update packs set content = jsonb_set(content::jsonb, '{limits,slidesMax}', ${String(pages)}::jsonb)`;
    await allow(document.pages - 1);
    const before = await traces();
    const payload = JSON.stringify({ name: "by hash", documents: [{ sha256: document.sha256 }] });
    const batch = { payload, headers: { "content-type": "application/json" } };
    const answers = [
      await call("POST", "/api/documents", formOf("b.pdf", deck)),
      await call("POST", "/api/batches", batch),
    ];
    for (const answer of answers) {
      expectProblem(answer, "PDF_TOO_MANY_PAGES");
      expect(answer.body.detail).toContain(`the pack pitch-deck takes ${document.pages - 1}`);
    }
    expect(await traces()).toEqual(before);
    await allow(document.pages);
    expect((await call("POST", "/api/batches", batch)).status).toBe(202);
    await allow(300);
  });

  it("that is refused is told to the workspace", async () => {
    const name = "refused deck.pdf";
    await call("POST", "/api/documents", formOf(name, Buffer.from("not a pdf")));
    const [row] =
      await db.sql`select data from events where type = 'document.rejected' and data ->> 'name' = ${name}`;
    expect(row).toMatchObject({ data: { code: "NOT_A_PDF" } });
  });

  it("with an odd name gets a decent one", async () => {
    const send = async (name: string) => {
      const url = `/api/documents?name=${encodeURIComponent(name)}`;
      const { document } = (await call("POST", url, { payload: deck, headers: pdf })).body;
      await call("POST", `/api/documents/${document.id}/cancel`);
      return document.name;
    };
    expect(await send("C:\\decks\\a\u0000b\u001b[31m.pdf")).toBe("a\uFFFDb[31m.pdf");
    expect(await send("/")).toBe("document.pdf");
  });

  it("that is too large is answered while it is still being sent", async () => {
    await plane.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = plane.app.server.address() as AddressInfo;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const upload = request({ port, path: "/api/documents", method: "POST", headers: pdf });
      upload.on("response", (response) => {
        resolve(response.statusCode);
        response.resume();
        upload.destroy();
      });
      upload.on("error", reject);
      // Without a length, twice what is allowed, and no end.
      upload.write(Buffer.alloc(2 * bytesMax, "%PDF-1.7 "));
    });
    expect(status).toBe(413);
  });
});
