import { once } from "node:events";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { documentView, doneView } from "../../test/support/document-view.ts";
import type { DocumentSummary, EventView } from "../contract/documents.ts";
import { AppError, problemOf } from "../errors/app-error.ts";
import { systemClock } from "../lib/clock.ts";
import { createApi, isAnswering } from "./api-client.ts";
import {
  documentEntries,
  endedOf,
  fetchResults,
  fileEntries,
  followAll,
  reportOf,
  sendAll,
} from "./entries.ts";

// A server of a few lines in place of Pilotlight: what matters here is how answers are taken.
let servers: Server[] = [];
let dir = "";
const { signal } = new AbortController();
const silent = { update() {}, end() {} };
const context = { clock: systemClock, cwd: "" };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-cli-"));
  await writeFile(join(dir, "deck.pdf"), "%PDF-1.7 a deck");
});
afterAll(() => rm(dir, { recursive: true, force: true }));
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers = [];
});

async function serve(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (response: Parameters<RequestListener>[1], status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
const problem = (response: Parameters<RequestListener>[1], error: AppError): void =>
  json(response, problemOf(error).status, problemOf(error));

it("a problem comes back as the error it was", async () => {
  const url = await serve((_request, response) =>
    problem(response, new AppError("DOCUMENT_NOT_FOUND", "d_x")),
  );
  const asked = createApi(url, null).document("d_x", signal);
  await expect(asked).rejects.toMatchObject({ code: "DOCUMENT_NOT_FOUND", detail: "d_x" });
});

it("fields that are wrong are named", async () => {
  const errors = [{ path: "limit", message: "too large" }];
  const url = await serve((_request, response) =>
    json(response, 400, { ...problemOf(new AppError("BAD_REQUEST")), errors }),
  );
  const asked = createApi(url, null).list({ limit: 50 }, signal);
  await expect(asked).rejects.toMatchObject({ code: "BAD_REQUEST", detail: "limit: too large" });
});

it("sends the token, the query and escaped ids", async () => {
  const seen: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    seen.push(`${request.method} ${request.url}`, request.headers.authorization);
    json(response, 200, { documents: [], nextCursor: null });
  });
  const api = createApi(`${url}/`, "secret");
  await api.list({ state: "failed", limit: 7 }, signal);
  await api.cancel("../d 1", "anna", signal);
  expect(seen).toEqual([
    "GET /api/workspaces/-/documents?state=failed&limit=7",
    "Bearer secret",
    "POST /api/workspaces/-/documents/..%2Fd%201/cancel",
    "Bearer secret",
  ]);
});

it("nobody there, or somebody else, is SERVER_UNREACHABLE", async () => {
  const foreign = await serve((_request, response) => response.writeHead(404).end("<html>"));
  const gone = await serve(() => {});
  servers.pop()?.close();
  for (const url of [foreign, gone]) {
    await expect(createApi(url, null).document("d_1", signal)).rejects.toMatchObject({
      code: "SERVER_UNREACHABLE",
    });
    expect(await isAnswering(url)).toBe(false);
  }
});

it("an unwell Pilotlight is still one", async () => {
  const url = await serve((_request, response) =>
    json(response, 503, { status: "unhealthy", installation: "a" }),
  );
  expect(await isAnswering(url)).toBe(true);
});

it("an interrupted call ends with the reason", async () => {
  const controller = new AbortController();
  const url = await serve(() => controller.abort(new Error("Ctrl-C")));
  await expect(createApi(url, null).document("d_1", controller.signal)).rejects.toThrow("Ctrl-C");
  const again = new AbortController();
  const other = await serve(() => again.abort(new Error("Ctrl-C")));
  const upload = { path: join(dir, "deck.pdf"), name: "deck.pdf", idempotencyKey: "k" };
  await expect(createApi(other, null).upload(upload, again.signal)).rejects.toThrow("Ctrl-C");
});

it("uploads the file's bytes with their length, name and key", async () => {
  let body = "";
  let head = {};
  const url = await serve((request, response) => {
    head = { url: request.url, ...request.headers };
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => json(response, 202, { document: doneView() }));
  });
  const upload = { path: join(dir, "deck.pdf"), name: "a & b.pdf", idempotencyKey: "k1" };
  expect((await createApi(url, null).upload(upload, signal)).id).toBe("d_7K2");
  expect(body).toBe("%PDF-1.7 a deck");
  expect(head).toMatchObject({
    url: "/api/workspaces/-/documents?name=a+%26+b.pdf",
    "content-type": "application/octet-stream",
    "content-length": "15",
    "idempotency-key": "k1",
  });
});

it("hears a refusal while the file is still being sent", async () => {
  const path = join(dir, "large.pdf");
  await writeFile(path, "%PDF");
  await truncate(path, 300_000_000);
  const url = await serve((_request, response) =>
    problem(response, new AppError("FILE_TOO_LARGE")),
  );
  const upload = { path, name: "large.pdf", idempotencyKey: "k" };
  await expect(createApi(url, null).upload(upload, signal)).rejects.toMatchObject({
    code: "FILE_TOO_LARGE",
  });
});

it("a file that cannot be read is refused, and the others go on", async () => {
  const url = await serve((request, response) => {
    request
      .resume()
      .on("end", () => json(response, 202, { document: doneView(), batch: { id: "b_1" } }));
  });
  await writeFile(join(dir, "empty.pdf"), "");
  const names = ["missing.pdf", ".", "deck.pdf", "deck.pdf/inside.pdf", "empty.pdf"];
  const entries = fileEntries({ cwd: dir }, names);
  await sendAll(context, createApi(url, null), entries, silent, signal);
  expect(entries.map(({ refusal, document }) => refusal?.code ?? document?.id)).toEqual([
    ...["FILE_UNREADABLE", "FILE_UNREADABLE", "d_7K2", "FILE_UNREADABLE", "d_7K2"],
  ]);
  const { documents } = reportOf(entries.map((entry) => endedOf(entry)));
  expect(documents[0]).toMatchObject({ name: "missing.pdf", state: "rejected", sha256: null });
  expect(documents[0]?.error?.detail).toBe("There is no such file.");
  expect(documents[2]).toMatchObject({ name: "deck.pdf", state: "done", engine: "extractive" });
  expect(documents[2]).not.toHaveProperty("note");
});

it("a server that goes away is no fault of the file: the same key is sent again", async () => {
  const keys: unknown[] = [];
  const breaking = await serve((request, _response) => {
    keys.push(request.headers["idempotency-key"]);
    request.socket.destroy();
  });
  const entries = fileEntries({ cwd: dir }, ["deck.pdf"]);
  const send = (url: string) => sendAll(context, createApi(url, null), entries, silent, signal);
  await expect(send(breaking)).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
  const working = await serve((request, response) => {
    keys.push(request.headers["idempotency-key"]);
    request.resume().on("end", () => json(response, 202, { document: doneView() }));
  });
  await send(working);
  await send(working);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  expect(entries[0]?.document?.id).toBe("d_7K2");
});

const event = (id: number): EventView => ({
  ...{ id, at: "2026-11-23T12:04:07.000Z", type: "task.done", document: "d_7K2" },
  ...{ pipeline: "p_4MD", task: "visual_analysis", data: {} },
});
const frame = (id: number): string =>
  `id: ${id}\nevent: change\ndata: ${JSON.stringify(event(id))}\n\n`;

it("opens a broken stream again after the last event it saw", async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.headers["last-event-id"] as string | undefined);
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (asked.length > 1) response.write(frame(9));
    // Cut in the middle of the second event.
    else
      response.write(`retry: 2000\n\n: ping\n\n${frame(7)}id: 8\nevent: ch`, () =>
        response.destroy(),
      );
  });
  const ended = new AbortController();
  const seen: number[] = [];
  let resets = 0;
  await createApi(url, null).follow({
    signal: ended.signal,
    onReset: () => {
      resets += 1;
    },
    onEvent: ({ id }) => {
      seen.push(id);
      if (id === 9) ended.abort();
    },
  });
  expect([seen, asked, resets]).toEqual([[7, 9], [undefined, "7"], 2]);
});

it("follows documents to their end, looking again at each event", async () => {
  let looks = 0;
  let finish = (): void => {};
  const url = await serve((request, response) => {
    if (request.url?.includes("/events")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      finish = () => response.write(frame(1));
    } else if (request.url?.endsWith("/results")) json(response, 200, { results: {} });
    else {
      looks += 1;
      if (looks === 3) finish();
      json(response, 200, looks > 3 ? doneView() : documentView());
    }
  });
  const api = createApi(url, null);
  const entries = await documentEntries(api, ["d_7K2"], signal);
  const states: (string | undefined)[] = [];
  const progress = {
    update: ({ document }: { document: DocumentSummary | null }) => {
      states.push(document?.pipeline.state);
    },
    end() {},
  };
  await followAll(context, api, entries, progress, { signal, patienceMs: 0 });
  await fetchResults(api, entries, signal);
  expect(states.at(-1)).toBe("done");
  expect(entries[0]?.results).toEqual({});
});

it("bears with a server that is away for a moment, and no longer than it was told", async () => {
  let looks = 0;
  const url = await serve((request, response) => {
    if (request.url?.includes("/events")) return response.writeHead(503).end();
    looks += 1;
    if (looks === 1) json(response, 200, documentView());
    else if (looks < 4) problem(response, new AppError("DATABASE_UNAVAILABLE"));
    else json(response, 200, doneView());
    return response;
  });
  const api = createApi(url, null);
  const follow = async (patienceMs: number) => {
    looks = 0;
    const entries = await documentEntries(api, ["d_7K2"], signal);
    await followAll(context, api, entries, silent, { signal, patienceMs });
    return entries[0]?.document?.pipeline.state;
  };
  expect(await follow(20_000)).toBe("done");
  await expect(follow(0)).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
});
