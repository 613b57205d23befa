import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ControlPlane,
  call,
  exampleDeck,
  registerWorker,
} from "../../test/support/control-plane.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import {
  createLockedPlane,
  hashOfKey,
  type LockedPlane,
  otherKey,
  ownKey,
} from "../../test/support/locked-plane.ts";
import { submit } from "../../test/support/queue.ts";
import { problem } from "../contract/common.ts";

let both: LockedPlane;
let db: TestDatabase;
let open: ControlPlane;
let locked: ControlPlane;
let document = "";
beforeAll(async () => {
  both = await createLockedPlane();
  ({ db, open, locked, document } = both);
  await submit(db.sql, "pitch-deck", { workspace: "other" });
});
afterAll(() => both.close());

const get = (url: string, token?: string) =>
  call(locked.app, "GET", url, token === undefined ? {} : { token });
const paths = ["", "/results", "/slides", "/events", "/file", "/pages/1.jpg"];

describe("with keys", () => {
  it.each(["", "wrong", `${ownKey} `.repeat(2)])("asks for a valid one (%j)", async (token) => {
    for (const url of [
      "/api/documents",
      "/api/events",
      "/api/fleet",
      "/api/fleet/accuracy",
      `/api/documents/${document}`,
    ]) {
      const answer = await get(url, token);
      expect([answer.status, answer.body.code]).toEqual([401, "UNAUTHORIZED"]);
      expect(problem.parse(answer.body)).toEqual(answer.body);
    }
    const upload = await call(locked.app, "POST", "/api/documents", {
      token,
      payload: await readFile(exampleDeck),
      headers: { "content-type": "application/pdf" },
    });
    expect(upload.status).toBe(401);
  });

  it("opens one's own workspace, by its name and as one's own", async () => {
    for (const space of ["-", "default"]) {
      const { status, body } = await get(`/api/workspaces/${space}/documents`, ownKey);
      expect([status, body.documents.map((one: { id: string }) => one.id)]).toEqual([
        200,
        [document],
      ]);
    }
  });

  it("refuses another workspace, whether it exists or not", async () => {
    for (const space of ["other", "nowhere"]) {
      for (const path of ["/documents", `/documents/${document}`, "/events"]) {
        const answer = await get(`/api/workspaces/${space}${path}`, ownKey);
        expect([answer.status, answer.body.code]).toEqual([403, "FORBIDDEN"]);
      }
    }
  });

  it.each(paths)("never shows another workspace's document: %s", async (path) => {
    const answer = await get(`/api/documents/${document}${path}`, otherKey);
    expect([answer.status, answer.body.code]).toEqual([404, "DOCUMENT_NOT_FOUND"]);
  });

  it.each(["cancel", "retry"])("never lets another workspace %s", async (action) => {
    const url = `/api/documents/${document}/${action}`;
    const answer = await call(locked.app, "POST", url, { token: otherKey });
    expect([answer.status, answer.body.code]).toEqual([404, "DOCUMENT_NOT_FOUND"]);
    expect((await get(`/api/documents/${document}`, ownKey)).body.pipeline.state).toBe("active");
  });

  it("lists only what is one's own", async () => {
    const { body } = await get("/api/documents", otherKey);
    expect(body.documents.map((one: { workspace: string }) => one.workspace)).toEqual(["other"]);
  });

  it("forgets a key that was taken back", async () => {
    const key = "a key that is taken back";
    await both.addKey("other", key);
    expect((await get("/api/documents", key)).status).toBe(200);
    await db.sql`update api_keys set revoked_at = now() where hash = ${hashOfKey(key)}`;
    expect((await get("/api/documents", key)).status).toBe(401);
  });

  it("takes no key that was taken out of the configuration", async () => {
    const key = "a key of an earlier configuration";
    await both.addKey("default", key);
    await db.sql`update api_keys set label = 'configuration' where hash = ${hashOfKey(key)}`;
    expect((await get("/api/documents", key)).status).toBe(401);
    expect((await get("/api/documents", ownKey)).status).toBe(200);
  });

  it("takes a container's token for no key, and a key for no container's token", async () => {
    const worker = await registerWorker(locked.app);
    expect((await get("/api/documents", worker.token)).status).toBe(401);
    const beat = { bootId: worker.bootId, phase: "ready", leases: [], note: null };
    const url = `/api/containers/${worker.id}/heartbeat`;
    expect((await call(locked.app, "POST", url, { token: ownKey, body: beat })).status).toBe(401);
  });

  it("answers for its health to everyone, and tells nothing of documents", async () => {
    const { status, body } = await get("/api/health");
    // Nobody leads here, so all is not well, but it answers.
    expect([status, body.status]).toEqual([200, "degraded"]);
    expect(body).toMatchObject({ leader: null, containers: [], stalled: [] });
    expect(JSON.stringify(body)).not.toContain(document);
  });

  it("listens for other names than localhost", async () => {
    const headers = { host: "pilotlight.example", origin: "https://elsewhere.example" };
    expect((await call(locked.app, "GET", "/healthz", { headers })).status).toBe(200);
  });
});

describe("without keys", () => {
  it.each([
    ["another name", { host: "evil.example" }],
    ["a name that begins alike", { host: "localhost.evil.example" }],
    ["a name with an address in it", { host: "127.0.0.1.evil.example:4600" }],
    ["a foreign page", { host: "localhost:4600", origin: "https://evil.example" }],
    ["a page of another port", { host: "localhost:4600", origin: "http://localhost:3000" }],
    ["a page without origin", { host: "localhost:4600", origin: "null" }],
  ])("refuses %s", async (_title, headers) => {
    for (const [method, url] of [
      ["GET", "/api/documents"],
      ["POST", "/api/documents"],
      ["GET", "/openapi.json"],
      ["GET", "/"],
    ] as const) {
      const answer = await call(open.app, method, url, { headers });
      expect([answer.status, answer.body.code]).toEqual([403, "FORBIDDEN"]);
    }
  });

  it.each([
    { host: "localhost:4600" },
    { host: "127.0.0.1:4600", origin: "http://127.0.0.1:4600" },
    { host: "[::1]:4600", origin: "http://[::1]:4600" },
  ])("serves this machine's own pages: %j", async (headers) => {
    expect((await call(open.app, "GET", "/api/documents", { headers })).status).toBe(200);
  });

  it("sends headers that keep foreign pages out", async () => {
    const { headers } = await call(open.app, "GET", "/api/documents");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("/openapi.json", () => {
  it("is an OpenAPI 3.1 document whose every reference leads somewhere", async () => {
    const { body } = await call(open.app, "GET", "/openapi.json");
    expect(body.openapi).toMatch(/^3\.1\./);
    expect(body.info).toMatchObject({ title: "Pilotlight", version: "0.0.0" });
    const refs = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(refs.length).toBeGreaterThan(10);
    for (const [, name] of refs) expect(body.components.schemas).toHaveProperty([name!]);
  });

  it("describes every route: a summary, its parameters, and what goes wrong", async () => {
    const { body } = await call(open.app, "GET", "/openapi.json");
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
        path,
        method,
        operation,
      })),
    );
    expect(operations.length).toBeGreaterThan(20);
    for (const { path, method, operation } of operations) {
      expect(operation.summary, `${method} ${path}`).toMatch(/./);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? [])
        .filter((one) => one.in === "path")
        .map((one) => one.name);
      expect(declared.sort(), `${method} ${path}`).toEqual(inPath.sort());
      const statuses = Object.keys(operation.responses);
      expect(statuses.some((status) => /^[2]/.test(status)) || path.endsWith("/events")).toBe(true);
      if (path !== "/api/health")
        expect(statuses.map((status) => status.toUpperCase())).toContain("4XX");
    }
  });
});

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Record<string, unknown>;
}
